"""A race as users hold it: its racers, its files, its place in a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import optviz
from optviz.errors import OptvizError


@pytest.fixture(scope="module")
def race() -> optviz.Race:
    render = {"size": "320x180", "frames": 4, "hold": 0}
    keys: dict[str, Any] = {"function": "beale", "optimizers": ["adam", "sgd"], "steps": 20, "render": render}
    return optviz.run(optviz.build(**keys))


def test_racers_are_found_by_label(race: optviz.Race) -> None:
    assert race["Adam"] is race.racers[0]
    assert race["Adam"].x.shape == (21, 2)
    assert race["Adam"].f.shape == (21,)
    assert race["Adam"].state["v"].shape == race["Adam"].effective_lr.shape == (20, 2)
    assert race.ranking == tuple(place.label for place in race.table()) == tuple(race.to_dict()["ranking"])
    assert (list(race), len(race)) == ([*race.racers], 2)
    assert ("Adam" in race, "adam" in race) == (True, False)
    with pytest.raises(KeyError, match="no racer is called 'adm'; did you mean Adam"):
        race["adm"]


@pytest.mark.thorough
def test_a_race_is_saved_any_number_of_times(race: optviz.Race, tmp_path: Path) -> None:
    paths = [tmp_path / "a.gif", str(tmp_path / "deep" / "b.json")]
    race.save(*paths)
    first = [Path(path).read_bytes() for path in paths]
    race.save(*paths)
    assert [Path(path).read_bytes() for path in paths] == first
    with pytest.raises(OptvizError, match=r"did you mean \.gif"):
        race.save(tmp_path / "a.gfi")


@pytest.mark.thorough
def test_a_race_shows_itself(race: optviz.Race) -> None:
    bundle = race._repr_mimebundle_(include=None, exclude=None)
    assert bundle["text/html"].startswith('<img src="data:image/gif;base64,R0lGODlh')
    assert 'alt="Adam and SGD on Beale"' in bundle["text/html"]
    assert bundle["text/plain"] == race.in_words()


@pytest.mark.thorough
def test_a_notebook_shows_the_film(tmp_path: Path) -> None:
    import nbclient
    from nbformat.v4 import new_code_cell, new_notebook

    code = (
        "import optviz\n"
        "optviz.run(optviz.build(function='beale', optimizers=['adam'], steps=5,"
        " render={'size': '320x180', 'frames': 3, 'hold': 0}))"
    )
    notebook = new_notebook(cells=[new_code_cell(code)])
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3", resources=resources).execute()
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "execute_result"
    assert output.data["text/html"].startswith('<img src="data:image/gif;base64,')
    assert "Adam" in output.data["text/plain"]
