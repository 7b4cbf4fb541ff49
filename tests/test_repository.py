"""What stands around the code: the man page, the site, the citation, the workflows."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest
import yaml

import optviz
from optviz.cli.manual.man import man_page
from tests.gallery import ROOT
from tests.site import pages, write


def test_the_man_page_is_the_manual() -> None:
    said = "it changed: python -m optviz.cli.manual.man > optviz/cli/manual/optviz.1"
    assert (ROOT / "optviz" / "cli" / "manual" / "optviz.1").read_text(encoding="utf-8") == man_page(), said


@pytest.mark.skipif(which("man") is None, reason="there is no man")
def test_man_reads_it(tmp_path: Path) -> None:
    page = tmp_path / "optviz.1"
    page.write_text(man_page(), encoding="utf-8")
    read = subprocess.run(["man", "--warnings", "-l", str(page)], capture_output=True, text=True, check=True)
    assert "optviz race" in read.stdout


def test_the_site_shows_every_scenario_beside_its_yaml(tmp_path: Path) -> None:
    write(tmp_path)
    gallery = (tmp_path / "pages" / "gallery.md").read_text(encoding="utf-8")
    assert gallery.count("```yaml") == gallery.count("![") > 0
    called = re.findall(r"```sh\n(.*)\n```", gallery)
    assert called.count("optviz race ackley") == 1
    assert len({*called}) == gallery.count("```yaml")
    assert all(re.fullmatch(r"optviz (race|basins|sweep|tune|league) [\w/ =:.-]+", call) for call in called)
    nav = yaml.safe_load((tmp_path / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    places = [place for entry in nav for place in entry] + [place for each in nav[2]["Manual"] for place in each]
    assert len({*places}) == len(places)
    linked = {page for entry in nav for value in entry.values() for page in _leaves(value)}
    assert linked == set(pages())


def _leaves(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [page for entry in value for page in entry.values()] if isinstance(value, list) else []


def test_the_citation_names_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == optviz.__version__


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda path: path.name)
def test_workflows_and_templates_are_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)


NOUNS = ("The ", "A ", "An ", "Whether ", "Those ", "All ", "Each ", "Every ", "How ", "What ", "Where ", "One ")


@pytest.mark.thorough
def test_what_a_function_does_is_told_by_a_verb() -> None:
    found = [
        f"{path.name}: {one.name}: {said}"
        for path in (ROOT / "optviz").rglob("*.py")
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(one, ast.FunctionDef) and not any("property" in ast.unparse(by) for by in one.decorator_list)
        if (said := ast.get_docstring(one) or "").startswith((*NOUNS, "("))
    ]
    assert found == []
