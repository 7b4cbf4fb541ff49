"""The manual: whatever can be asked for is explained, and every example in it is right."""

from __future__ import annotations

import re
import shlex
import warnings
from pathlib import Path
from typing import Any

import pytest
import typer.main

import optviz
from optviz import errors
from optviz.cli import app as cli
from optviz.cli.manual import TOPICS, contents, text
from optviz.cli.manual.commands import EXIT_CODES
from optviz.cli.manual.scenario import SECTIONS
from optviz.formula.language import FORMULA_FUNCTIONS
from optviz.optimizers import OPTIMIZERS
from optviz.optimizers.custom import ARGUMENTS
from optviz.output import FORMATS
from optviz.problems import FUNCTIONS
from optviz.scenario import loads
from optviz.scenario.loading import KEYS
from optviz.scenario.schema import schema
from tests.cli import APP, optviz_says

COMMAND: Any = typer.main.get_command(APP)
CALLED = {name: command for group in cli.commands().values() for name, command in group.items()}
SUMMARIES = {name: (command.__doc__ or "").split("\n")[0] for name, command in CALLED.items()}
PAGES = {topic: text(topic, SUMMARIES) for topic in TOPICS}


def options() -> list[tuple[str, Any]]:
    return [(name, option) for name, command in COMMAND.commands.items() for option in command.params]


# --- everything is explained --------------------------------------------------------------------------


@pytest.mark.parametrize("name", CALLED)
def test_every_command_is_explained_with_an_example(name: str) -> None:
    shown = optviz_says(name, "--help")
    assert shown.exit_code == 0
    assert re.search(rf"^ +optviz {name}\b", shown.stdout, re.MULTILINE), "an example"
    assert SUMMARIES[name].endswith(".")
    assert f"optviz {name} {SUMMARIES[name]}" in " ".join(PAGES["commands"].split())


@pytest.mark.parametrize(("command", "option"), options())
def test_every_option_is_explained(command: str, option: Any) -> None:
    assert option.help, f"optviz {command}: {option.name} has no help"
    assert option.help.rstrip("]").endswith((".", "]")) or option.name == "help"


@pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_optimizer_and_hyperparameter_is_explained(rule: Any) -> None:
    (section,) = re.findall(rf"^{rule.name}: (.*?)(?:\n\n|\Z)", PAGES["optimizers"], re.MULTILINE | re.DOTALL)
    assert section.startswith(rule.label)
    for name, parameter in rule.parameters.items():
        assert parameter.meaning
        assert re.search(rf"^  {name} ", section, re.MULTILINE), name
        assert parameter.meaning in " ".join(section.split())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_explained(name: str) -> None:
    assert re.search(rf"^{name} +\S", PAGES["functions"], re.MULTILINE)
    assert FUNCTIONS[name].formula in PAGES["functions"]


def test_every_key_of_a_scenario_is_explained() -> None:
    parts = {"Scenario": schema(), **schema()["$defs"]}
    for name, heading in SECTIONS.items():
        (section,) = re.findall(rf"^{re.escape(heading)}\n(.*?)(?:\n\n|\Z)", PAGES["scenario"], re.M | re.S)
        assert re.findall(r"^  (\w+) ", section, re.MULTILINE) == list(parts[name]["properties"])
    assert list(SECTIONS) == list(dict.fromkeys(model.__name__ for model in KEYS.values()))


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("outputs", FORMATS),
        ("formulas", FORMULA_FUNCTIONS),
        ("python", ARGUMENTS),
        ("python", [name for name in optviz.__all__ if name[0].isupper() and name != "Race"]),
        ("commands", ["NO_COLOR", "--install-completion", *EXIT_CODES]),
    ],
)
def test_every_name_stands_on_its_page(page: str, names: Any) -> None:
    for name in names:
        assert re.search(rf"(?<![\w-]){re.escape(name)}\b", PAGES[page]), name


def test_exit_codes_are_those_of_the_program() -> None:
    codes = {0, errors.CANNOT_WRITE, errors.WRONG_CALL, errors.INTERRUPTED}
    assert set(map(int, EXIT_CODES)) == codes


# --- the pages ----------------------------------------------------------------------------------------


def test_help_lists_the_pages_and_prints_each() -> None:
    assert optviz_says("help").stdout == contents() + "\n"
    for name, page in PAGES.items():
        assert f"optviz help {name} " in contents()
        assert optviz_says("help", name).stdout == page + "\n"
    wrong = optviz_says("help", "scenarios")
    assert (wrong.exit_code, wrong.stderr) == (2, "no page is called scenarios; did you mean scenario?\n")


@pytest.mark.parametrize("name", sorted(set(TOPICS) - {"functions"}))
def test_pages_fit_a_terminal(name: str) -> None:
    assert max(map(len, PAGES[name].splitlines())) <= 80
    assert max(map(len, contents().splitlines())) <= 80


# --- examples -----------------------------------------------------------------------------------------


def commands_shown() -> list[str]:
    """Every line anywhere in the help that calls a command; the list of commands names them only."""
    texts = [*PAGES.values(), APP.info.help or "", *(command.__doc__ or "" for command in CALLED.values())]
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    texts += [readme, *re.findall(r"`(optviz [^`]+)`", readme)]
    named = {f"optviz {name} " for name in CALLED}
    lines = [
        line.strip() for text in texts for line in text.splitlines() if not re.match(r"  optviz [a-z]+ {2,}", line)
    ]
    calls = [re.split(r" {2,}|  #| > ", line)[0].partition("#")[0].strip() for line in lines]
    return sorted({call for call in calls if f"{call} ".startswith(tuple(named)) and not call.endswith((".", ","))})


@pytest.mark.parametrize("call", commands_shown())
def test_every_command_shown_can_be_called(call: str) -> None:
    _, name, *arguments = shlex.split(call)
    COMMAND.commands[name].make_context(name, arguments)  # reads the arguments; nothing is carried out
    assert name != "sweep" or "--over" in call


def test_the_errors_in_the_readme_are_those_of_the_program(folder: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (scenario,) = re.findall(r"```yaml\n(title: .*?)```", readme, re.DOTALL)
    (errors,) = re.findall(r"```\n(valley\.yaml:.*?)```", readme, re.DOTALL)
    wrong = scenario.replace("steps:", "stepps:").replace("- adamax:", "- adamaxx:")
    (folder / "valley.yaml").write_text(wrong, encoding="utf-8")
    assert optviz_says("check", "valley.yaml").stderr == errors


def test_scenarios_on_the_pages_are_right() -> None:
    blocks = re.findall(r"^  function:.*\n(?:  .*\n|\n(?=  ))+", PAGES["scenario"], re.MULTILINE)
    assert len(blocks) == 1
    loads("\n".join(line[2:] for line in blocks[0].splitlines()))
    valley = re.findall(r"(?:^  .*\n)+", PAGES["formulas"], re.MULTILINE)[0]
    loads("\n".join(line[2:] for line in valley.splitlines()) + "\noptimizers: [adam]\n")
    racers = re.findall(r"^  common:.*\n(?:  .*\n)+", PAGES["optimizers"], re.MULTILINE)[0]
    loads("function: beale\n" + "\n".join(line[2:] for line in racers.splitlines()) + "\n")


@pytest.mark.thorough
def test_the_python_page_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGES["python"], re.MULTILINE)
    code = [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in blocks if "    x  " not in block]
    code = [block.replace(', "race.gif"', "") for block in code]  # a film takes its time
    scope: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for block in code:
            exec(compile(block, "optviz help python", "exec"), scope)
    assert scope["race"]["Adam"].outcome in ("arrived", "moving", "stopped")
    assert (tmp_path / "race.json").exists()
