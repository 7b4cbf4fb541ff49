"""The page as a scenario wants it: size and family of its words, with or without heading and small print."""

from __future__ import annotations

from pathlib import Path

import pytest

import optviz
from optviz.picture.film import draw_layers
from optviz.picture.frame_state import FrameState
from optviz.picture.header import Header, StepCounter
from optviz.picture.layout.page import LARGE_TEXT, LEFT_PX, NARROWEST_SHARE, RIGHT_PX, legible_zoom
from optviz.picture.layout.theme import CAPTION_PT
from optviz.picture.machine.scales import Scale
from optviz.picture.scene import Scene
from optviz.pipeline.presets import fit_to_preset
from tests import few
from tests.cli import optviz_says
from tests.picture.races import MAP, race, scene_of
from tests.picture.texts import Reader

SMALL = "function: beale\nsteps: 2\noptimizers: [sgd]\nrender: {size: 426x240, frames: 2, panels: []}\n"


def words_of(scene: Scene) -> list[str]:
    """All texts on the board."""
    draw_layers(scene)
    return [text.get_text() for text in scene.page.figure.texts]


@pytest.mark.parametrize(
    ("size", "text", "zoom"),
    [
        ((1280, 720), None, 1),
        ((960, 540), None, 1),
        ((958, 540), None, LARGE_TEXT),
        ((854, 480), None, LARGE_TEXT),
        ((854, 480), 1.0, 1),
        ((1280, 720), 0.5, 0.5),
        ((1920, 1080), 3.0, 3),
    ],
)
def test_words_are_large_where_they_should_be(size: tuple[int, int], text: float | None, zoom: float) -> None:
    assert legible_zoom(size, text) == pytest.approx(zoom)


def test_the_page_is_that_many_times_as_coarse() -> None:
    normal, large, twice = (scene_of(MAP, panels=[], text=text).page.scale for text in ("normal", "large", 2))
    assert (large / normal, twice / normal) == (pytest.approx(1.5), pytest.approx(2))


@pytest.mark.parametrize("size", few(["1280x720", "1080x1080", "1080x1920"], 3))
@pytest.mark.thorough
def test_large_words_stand_clear(monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    assert Reader(monkeypatch).faults(race(MAP, size=size, text="large")) == []


@pytest.mark.thorough
def test_the_step_stands_next_to_its_name_however_many_digits_it_has() -> None:
    scene = scene_of(MAP.replace("steps: 60", "steps: 12000"), size="480x270")
    counter = next(layer for layer in draw_layers(scene) if isinstance(layer, StepCounter))
    lefts = {next(counter.sprites(FrameState(step))).box.left for step in (0, 77, 12000)}
    assert len(lefts) == 1
    (said,) = [text for text in scene.page.figure.texts if text.get_text() == "step "]
    assert lefts.pop() == pytest.approx(said.get_window_extent(scene.page.ruler).x1, abs=5)


def test_a_sentence_that_is_a_little_too_long_for_one_line_is_a_little_smaller() -> None:
    page, sentence = scene_of(MAP, size="854x480").page, "Adam forgets it, and ends at the best point"
    widest = (page.width - LEFT_PX - RIGHT_PX) / page.width_of(sentence, CAPTION_PT, "bold")
    for length, lines in ((0.9, 1), (1.15, 1), (1.4, 2)):
        text = sentence * 4
        text = text[: round(length * widest * len(sentence))]
        size, broken = page.wrapped(text)
        assert len(broken) == lines, length
        assert size == CAPTION_PT or (length == 1.15 and size >= NARROWEST_SHARE * CAPTION_PT)


def test_all_that_is_said_has_one_size() -> None:
    long, short = "Adam forgets it, and ends at the best point of all, much later than the others would", "Here"
    captions = [{"at": 1, "text": short}, {"at": 2, "text": long}]
    page = scene_of(MAP, size="854x480", captions=captions, hold=0).page
    sizes = {page.wrapped(text, "regular")[0] for text in (short, long)}
    assert sizes == {page.said_size}
    assert page.said_size < CAPTION_PT


def test_a_title_of_two_lines_keeps_clear_of_the_edge() -> None:
    scene = scene_of(f"title: The nine rules of the post in two variables, learning_rate = 0.01{MAP}", size="854x480")
    Header(scene)
    tops = [text.get_window_extent(scene.page.ruler).y1 for text in scene.page.figure.texts]
    assert max(tops) < scene.page.size[1] - 10 * scene.page.scale


def test_slides_have_large_words_unless_the_scenario_says_otherwise() -> None:
    scenario = optviz.loads(SMALL)
    assert fit_to_preset(scenario, "slides", None).render.text == "large"
    assert fit_to_preset(scenario, "github", None).render.text is None
    chosen = optviz.loads(SMALL, overrides={"render.text": 2})
    assert fit_to_preset(chosen, "slides", None).render.text == 2


@pytest.mark.thorough
def test_without_heading_or_small_print_the_view_has_their_room(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, bare = scene_of(MAP, size="1280x720"), scene_of(MAP, size="1280x720", heading=False, footer=False)
    title = whole.scenario.title
    assert any(title in said for said in words_of(whole))
    assert any("finish: within" in said for said in words_of(whole))
    said = words_of(bare)
    assert not any(title in one or "finish: within" in one for one in said)
    assert "step " in said
    assert bare.page.inner.height == pytest.approx(whole.page.inner.height + 86)
    assert Reader(monkeypatch).faults(race(MAP, heading=False, footer=False)) == []


@pytest.mark.thorough
def test_every_word_is_set_in_the_family_of_the_scenario() -> None:
    scene = scene_of(MAP, font="dejavu serif")
    draw_layers(scene)
    names = {text.get_fontproperties().get_name() for text in scene.page.figure.texts}
    scales = [axes.xaxis for axes in scene.page.figure.axes]
    ticks = {scale.words.get_fontfamily()[0] for scale in scales if isinstance(scale, Scale)}
    assert names == {"DejaVu Serif"} == ticks


def test_a_font_that_is_not_there_stops_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").write_text(SMALL)
    arguments = ["race", "x.yaml", "-o", "x.png", "--set", "render.font=dejavu serrif"]
    done = optviz_says(*arguments)
    assert (done.exit_code, Path("x.png").exists()) == (2, False)
    assert done.output.startswith(
        "x.yaml: render.font: no font family dejavu serrif is installed; did you mean DejaVu Ser"
    )
    assert optviz_says(*arguments[:3], "x.json", *arguments[4:]).exit_code == 0  # numbers need no letters


def test_the_size_of_words_is_a_flag(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(SMALL)
    wrong = optviz_says("race", str(tmp_path / "x.yaml"), "--text", "lrage")
    assert "--text lrage: must be normal, large or a factor from 0.5 to 3" in wrong.output
    done = optviz_says("race", str(tmp_path / "x.yaml"), "--text", "1.25", "-o", str(tmp_path / "x.json"))
    assert done.exit_code == 0
    assert '"text": 1.25' in (tmp_path / "x.json").read_text()
