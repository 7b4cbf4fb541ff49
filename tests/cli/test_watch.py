"""``optviz watch``: a picture and a film after every save."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from optviz.cli import watch as watching
from optviz.cli.server import Page
from optviz.pipeline.changes import Changes
from tests.cli import optviz_says
from tests.pipeline.test_changes import Impatient

SMALL = "function: beale\nsteps: 3\noptimizers: [sgd]\nrender: {size: 160x160, frames: 2, panels: [], hold: 0}\n"
STILL = "outputs/small.watch.png"
Edit = Callable[[], object]


@pytest.fixture
def small(folder: Path) -> Path:
    """A scenario that is drawn quickly: ``small.yaml``."""
    path = folder / "small.yaml"
    path.write_text(SMALL)
    return path


@pytest.fixture
def saves(monkeypatch: pytest.MonkeyPatch) -> list[Edit]:
    """What happens, one after the other, each time that the next change is waited for; Ctrl-C comes last."""
    edits: list[Edit] = []

    class Scripted(Changes):
        def wait(self) -> None:
            if not edits:
                raise KeyboardInterrupt
            edits.pop(0)()
            self._sleep = Impatient()
            super().wait()

    monkeypatch.setattr(watching, "Changes", Scripted)
    return edits


def pixels(path: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.thorough
def test_a_picture_and_the_film_follow_every_save(small: Path, saves: list[Edit]) -> None:
    seen: list[tuple[object, bytes]] = []

    def look() -> None:
        seen.append((pixels(STILL), Path("outputs/small.gif").read_bytes()))

    def save_as_dark() -> None:
        look()
        small.with_suffix(".new").write_text(SMALL + "title: Again\n")
        small.with_suffix(".new").replace(small)

    saves += [lambda: None, save_as_dark]
    result = optviz_says("watch", "small.yaml")
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")
    look()
    assert [line.split()[0] for line in result.stdout.splitlines()] == [STILL, "outputs/small.gif"] * 2
    assert not np.array_equal(seen[0][0], seen[1][0])
    assert seen[0][1] != seen[1][1]
    assert {path.name for path in Path("outputs").iterdir()} == {"small.watch.png", "small.gif"}
    assert optviz_says("show", STILL).stdout.splitlines()[0] == "# Again"


@pytest.mark.thorough
def test_mistakes_lie_over_the_last_picture_that_was_right(
    small: Path, saves: list[Edit], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[Page] = []
    monkeypatch.setattr("optviz.cli.server.Page", lambda: pages.append(Page()) or pages[-1])
    seen: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []

    def save(text: str) -> Edit:
        return lambda: (seen.append(pixels(STILL)) if Path(STILL).exists() else None, small.write_text(text))

    saves += [save("function: baele\n"), save(SMALL), save(SMALL + "stepps: 3\n"), save(SMALL), small.unlink]
    result = optviz_says("race", "small.yaml", "--watch", "-q")
    assert result.stdout == ""
    assert "no such function: baele; did you mean beale?" in result.stderr
    assert "small.yaml:5:1: stepps: unknown key; did you mean steps?" in result.stderr
    assert "small.yaml: no such file" in result.stderr
    good, wrong = seen[0], seen[1]
    changed = (good != wrong).any(axis=(1, 2))
    assert changed[: len(good) // 8].any()
    assert not changed[len(good) // 2 :].any()
    assert "no such file" in pages[0].now().wrong
    assert pages[0].now().data.startswith(b"GIF89a")


@pytest.mark.thorough
def test_a_save_while_a_film_is_drawn_begins_the_next(
    small: Path, saves: list[Edit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "CHECK_S", 0.0)
    looks: Iterator[bool] = iter([False, True])  # the last frame of the first film
    monkeypatch.setattr(Changes, "pending", lambda self: next(looks, False))
    saves += [lambda: None, lambda: small.write_text(SMALL + "seed: 1\n")]
    lines = optviz_says("watch", "small.yaml").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [STILL, STILL, "outputs/small.gif"]
    assert {path.name for path in Path("outputs").iterdir()} == {"small.watch.png", "small.gif"}


@pytest.mark.thorough
def test_a_save_that_is_taken_back_while_a_film_is_drawn_loses_none(
    small: Path, saves: list[Edit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "CHECK_S", 0.0)
    looks: Iterator[bool] = iter([True])  # something else was there for a moment
    monkeypatch.setattr(Changes, "pending", lambda self: next(looks, False))
    saves += [lambda: None, lambda: None]
    lines = optviz_says("watch", "small.yaml").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [STILL, STILL, "outputs/small.gif"]


@pytest.mark.thorough
def test_a_scenario_that_is_gone_once_it_was_read_is_not_the_last(
    small: Path, saves: list[Edit], monkeypatch: pytest.MonkeyPatch
) -> None:
    load, texts = watching.load_scenarios, iter([SMALL + "title: Gone\n"])

    def load_another(options: watching.ScenarioOptions) -> object:
        if (text := next(texts, "")) == "":
            return load(options)
        small.write_text(text)
        loaded = load(options)
        small.write_text(SMALL)
        os.utime(small, ns=(1, 1))  # a later tick of the clock
        return loaded

    monkeypatch.setattr(watching, "load_scenarios", load_another)
    saves += [lambda: None, lambda: None]
    optviz_says("watch", "small.yaml")
    assert optviz_says("show", STILL).stdout.splitlines()[0] != "# Gone"


@pytest.mark.thorough
def test_what_the_film_cannot_be_is_told_and_watching_goes_on(small: Path, saves: list[Edit]) -> None:
    Path("outputs").mkdir()
    Path(STILL).write_bytes(b"a picture of the user's own")
    saves += [lambda: None, lambda: (Path(STILL).unlink(), small.write_text(SMALL + "seed: 1\n"))]
    result = optviz_says("watch", "small.yaml")
    assert f"cannot write {STILL}: a file is there that optviz did not make" in result.stderr
    assert [line.split()[0] for line in result.stdout.splitlines()] == [STILL, "outputs/small.gif"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "watch: watches one scenario file; such as optviz watch my.yaml\n"),
        (["small.yaml", "small.yaml"], "watch: watches one scenario file; such as optviz watch my.yaml\n"),
        (["small.yaml", "-o", "-"], "-o -: a film is written after every save; such as -o film.gif\n"),
        (["-"], "watch: watches one scenario file; such as optviz watch my.yaml\n"),
        (["smal.yaml"], "smal.yaml: no such file; did you mean small.yaml?\n"),
        (["rosenbrock"], "rosenbrock: is no file, so nothing of it changes; write one: optviz new\n"),
        (["small.yaml", "--open"], "--open: opens the page of --serve here; add --serve\n"),
        (["small.yaml", "--json"], "--json: does not go together with watching\n"),
    ],
)
def test_what_cannot_be_watched(small: Path, arguments: list[str], said: str) -> None:
    result = optviz_says("watch", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", said)


def test_the_address_is_told_and_opened(small: Path, saves: list[Edit], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("typer.launch", opened.append)
    result = optviz_says("watch", "small.yaml", "--serve", "--open", "-q")
    assert result.exit_code == 130
    assert result.stdout == f"{opened[0]}\n"
    assert opened[0].startswith("http://127.0.0.1:")
    monkeypatch.setattr(watching, "has_display", lambda: False)
    again = optviz_says("watch", "small.yaml", "--serve", "--open", "-q")
    assert (
        again.stderr == "there is no display to open it on; a tunnel of ssh leads to it from elsewhere\ninterrupted\n"
    )
    assert len(opened) == 1
