"""The words that an author writes: drawn whole, as they stand, in every format; a missing letter is told."""

from __future__ import annotations

import csv
import io
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

import optviz
from optviz.picture.film import draw_layers, film, set_scene
from optviz.picture.header import Header
from optviz.picture.scene import Scene
from optviz.picture.timeline import frame_steps
from optviz.scenario.fields import LONGEST_WORDS
from optviz.scenario.loading import with_render
from optviz.words import LONGEST_LABEL
from tests import few
from tests.cli import optviz_says

HOSTILE = [
    "costs $5",
    r"$\foo$",
    "$5 and $6",
    "$$",
    "a$b$c$",
    r"\$",
    "100% $x$",
    "α ≤ ∞",
    "a_b^c{d}",
    "שלום مرحبا",
    "x\u0302 😀",
]
HEAD = "function: beale\nsteps: 4\nrender: {size: 426x240, frames: 2, hold: 0, panels: [ranking]}\n"


def scene_of(title: str, size: str = "1280x720") -> Scene:
    race = optviz.run(
        optviz.build(title=title, function="beale", steps=2, optimizers=["sgd"], render={"size": size, "panels": []})
    )
    return set_scene(race.result, race.scenario, frame_steps(2, 2))


def title_lines(scene: Scene) -> list[tuple[str, float, float]]:
    """Each line of the title from above, its right end as a share of the page, its size."""
    Header(scene)
    bold = [text for text in scene.page.figure.texts if text.get_fontproperties().get_weight() in ("bold", 700)]
    bold = bold or [text for text in scene.page.figure.texts if "Bold" in str(text.get_fontproperties().get_file())]
    ends = [text.get_window_extent(scene.page.ruler).x1 / scene.page.size[0] for text in bold]
    lines = zip([text.get_text() for text in bold], ends, [text.get_fontsize() for text in bold], strict=True)
    return [line for _, line in sorted(zip([-text.get_position()[1] for text in bold], lines, strict=True))]


@pytest.mark.parametrize("size", few(["1280x720", "426x240", "400x700"], 3))
@pytest.mark.parametrize(
    "title", ["Adam", "Seventy-eight characters of a title " * 2, "two hundred " * 17, "x" * 300, "word " * 80]
)
def test_a_title_never_loses_words(title: str, size: str) -> None:
    lines = title_lines(scene_of(title, size))
    assert "".join(text for text, _, _ in lines).replace(" ", "") == title.replace(" ", "")
    assert len({size for _, _, size in lines}) == 1
    assert all(end <= 0.95 for _, end, _ in lines)


def test_a_title_becomes_smaller_only_where_two_lines_are_not_enough() -> None:
    sizes = [title_lines(scene_of("word " * count))[0][2] for count in (3, 16, 60)]
    assert sizes[0] > sizes[1] > sizes[2]


@pytest.mark.parametrize("key", ["title: ", "render: {size: 480p, lesson: ", "render: {captions: [{at: 1, text: "])
def test_a_text_too_long_to_be_drawn_whole_is_refused(key: str) -> None:
    closing = {"t": "", "r": "}"}[key[0]] if "captions" not in key else "}]}"
    with pytest.raises(
        optviz.OptvizError, match=f"must be at most {LONGEST_WORDS} characters, got {LONGEST_WORDS + 1}"
    ):
        optviz.loads(f"function: beale\noptimizers: [adam]\n{key}{'x' * (LONGEST_WORDS + 1)}{closing}\n")


def test_a_label_too_long_to_be_drawn_is_refused() -> None:
    def labelled(length: int) -> optviz.Scenario:
        return optviz.loads(f"function: beale\noptimizers: [adam: {{label: '{'x' * length}'}}]\n")

    assert labelled(LONGEST_LABEL).optimizers[0].label == "x" * LONGEST_LABEL
    with pytest.raises(optviz.OptvizError, match=f"label: must be at most {LONGEST_LABEL} characters, got"):
        labelled(LONGEST_LABEL + 1)


@pytest.mark.thorough
def test_hostile_texts_are_drawn_and_written_as_they_stand(tmp_path: Path) -> None:
    racers = [{"sgd": {"lr": 0.01 * number, "label": label}} for number, label in enumerate(HOSTILE, 1)]
    render = {"size": "426x240", "frames": 2, "hold": 0, "panels": ["ranking"]}
    said = {"captions": [{"at": 1, "text": HOSTILE[1]}], "pauses": [{"at": 2, "seconds": 0.1, "text": HOSTILE[2]}]}
    keys = {"function": "beale", "steps": 4, "optimizers": racers, "render": render | said, "title": r"$\foo$ for $5"}
    race = optviz.run(optviz.build(**keys))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        race.save(*(tmp_path / f"a.{suffix}" for suffix in ("svg", "html", "csv", "txt")))
    rows = csv.reader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8")))
    assert list(dict.fromkeys(row[0] for row in rows))[1:] == HOSTILE
    assert (tmp_path / "a.txt").read_text(encoding="utf-8").startswith(r"$\foo$ for $5. ")
    assert r"<title>$\foo$ for $5</title>" in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.thorough
def test_names_in_a_ranking_hold_mathematics_whole_or_not_at_all() -> None:
    label = r"Adam with $\beta_1=0.9, \beta_2=0.999$"
    keys = {"function": "beale", "steps": 4, "optimizers": [{"adam": {"label": label}}, "sgd"]}
    race = optviz.run(optviz.build(**keys, render={"panels": ["ranking"]}))
    for size in ((1280, 720), (426, 240)):
        race = replace(race, scenario=with_render(race.scenario, size=size))
        scene = set_scene(race.result, race.scenario, frame_steps(4, 2))
        ranking = next(layer for layer in draw_layers(scene) if type(layer).__name__ == "Ranking")
        assert ranking.labels[0] in (label, "Adam with…")


def test_line_breaks_and_tabs_are_blanks() -> None:
    text = HEAD + 'title: "one\\n two"\noptimizers: [adam: {label: "line\\nbreak"}, sgd: {label: "a\\tb"}]\n'
    scenario = optviz.loads(text)
    assert scenario.title == "one two"
    assert [racer.label for racer in scenario.optimizers] == ["line break", "a b"]
    same = optviz.build(function="beale", optimizers=[{"adam": {"label": "a\r\nb"}}], title="t\u2028u")
    assert (same.optimizers[0].label, same.title.split()) == ("a b", ["t", "u"])
    with pytest.raises(optviz.OptvizError, match=r"'line break' is also"):
        optviz.loads(text.replace("a\\tb", "line  \\n break"))


@pytest.mark.thorough
def test_a_letter_that_no_font_has_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for module in ("fonts", "text"):
        monkeypatch.setattr(f"optviz.picture.machine.{module}.family_with", lambda letter: None)
    title = "Adam 中文"
    Path("a.yaml").write_text(HEAD + f"title: {title}\noptimizers: [adam, sgd]\n", encoding="utf-8")
    checked, raced = optviz_says("check", "a.yaml"), optviz_says("race", "a.yaml", "-o", "a.png")
    assert (checked.exit_code, raced.exit_code) == (0, 0)
    assert checked.stderr == raced.stderr
    assert raced.stderr.startswith("a.yaml: no font here has 中文: drawn as ?; install one")
    assert raced.stderr.count("\n") == 1
    assert optviz_says("race", "a.yaml", "-o", "a.json").stderr == ""
    with pytest.warns(UserWarning, match="no font here has"):
        optviz.run(optviz.load("a.yaml")).save("b.png")


@pytest.mark.thorough
def test_an_end_is_drawn_with_hostile_labels() -> None:
    keys = {"function": "sphere", "start": [0.01, 0], "steps": 4, "finish": {"distance": 1}}
    race = optviz.run(optviz.build(**keys, optimizers=[{"sgd": {"label": "a$b"}}, {"adam": {"label": r"c$\x$"}}]))
    assert film(race.result, race.scenario).still(None).any()
