"""What is imported when: a fresh interpreter does something, then its modules are counted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import few

HEAVY = {"matplotlib", "av", "PIL", "sympy"}
CHECK_FORMULA = (
    "from optviz.scenario import load; load('function: {formula: sin(x)}\\nstart: 1\\noptimizers: [adam]\\n')"
)
RUN = (
    "import optviz; optviz.run(optviz.load('function: {formula: x**2, window: [[-1, 1]]}\\n"
    "start: 1\\nsteps: 3\\noptimizers: [adam]\\n'))"
)


def modules_after(code: str, folder: Path) -> set[str]:
    """The top-level packages in ``sys.modules`` once a new interpreter has run ``code``."""
    count = "import sys; print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{count}"], capture_output=True, text=True, check=True, cwd=folder
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("code", "not_imported"),
    few(
        [
            ("import optviz", HEAVY | {"numpy", "pydantic", "yaml", "typer"}),
            ("import optviz.cli.app", HEAVY | {"numpy", "pydantic", "yaml", "rich"}),
            (
                "import optviz.engine.run, optviz.engine.result, optviz.optimizers, optviz.problems",
                HEAVY | {"pydantic", "yaml", "typer"},
            ),
            ("import optviz.output, optviz.picture, optviz.picture.timeline", HEAVY | {"pydantic", "yaml", "typer"}),
            (CHECK_FORMULA, HEAVY | {"typer"}),
            (RUN, HEAVY | {"typer"}),
        ],
        5,
    ),
)
@pytest.mark.thorough
def test_a_room_imports_what_it_needs(code: str, not_imported: set[str], tmp_path: Path) -> None:
    assert not modules_after(code, tmp_path) & not_imported


@pytest.mark.parametrize(
    ("arguments", "not_imported"),
    few(
        [
            (["--help"], HEAVY | {"numpy", "pydantic", "yaml", "rich"}),
            (["race", "--help"], HEAVY | {"numpy", "yaml", "rich"}),  # typer itself may import pydantic
            (["check", "x.yaml"], HEAVY | {"rich"}),
            (["show", "adam"], HEAVY | {"yaml", "rich"}),
            (["race", "x.yaml", "-o", "x.json"], HEAVY | {"rich"}),
        ],
        4,
    ),
)
@pytest.mark.thorough
def test_a_command_imports_what_it_needs(arguments: list[str], not_imported: set[str], tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("function: beale\nsteps: 3\noptimizers: [adam]\n")
    attempt = "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code"
    code = f"import sys\nfrom optviz.cli.app import main\nsys.argv[1:] = {arguments!r}\n{attempt}"
    assert not modules_after(code, tmp_path) & not_imported


@pytest.mark.thorough
def test_importing_optviz_offers_its_face(tmp_path: Path) -> None:
    modules_after("import optviz; [getattr(optviz, name) for name in optviz.__all__]", tmp_path)


def test_an_unknown_name_is_an_attribute_error() -> None:
    import optviz

    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        optviz.nothing  # noqa: B018  # asking is the test


@pytest.mark.thorough
def test_a_race_imports_nothing_of_the_compiled_batches(tmp_path: Path) -> None:
    look = "import sys; assert not {'optviz.engine.evolve', 'optviz.optimizers.trace', 'llvmlite'} & {*sys.modules}"
    modules_after(f"{RUN}\n{look}", tmp_path)
