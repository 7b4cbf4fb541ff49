"""Every word of a picture is in the catalogue, in every language, and stands clear in the picture."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

import optviz
from optviz.engine.anatomy import TERMS
from optviz.engine.lesson import lesson_of
from optviz.picture.film import draw_layers, set_scene
from optviz.picture.frame_state import FrameState
from optviz.picture.timeline import frame_steps
from optviz.pipeline.alt_text import alt_text
from optviz.scenario import loads
from optviz.words import CATALOGUE, ENGLISH, LANGUAGES, Language, Words, holes
from tests import few
from tests.cli import optviz_says
from tests.picture.texts import Reader

FOREIGN = "ж"  # every letter of the language that nobody speaks
LEFT = {"xy", "root", "vmax", "min", "lr", "RMS", "beta", "momentum"}  # mathematics, and names of hyperparameters
SMALL = "render: {size: 640x360, text: normal, frames: 3, "
ALL = "[loss, distance, gradient, effective_lr, state, ranking, rates]"
RACES = {
    "map": f"function: himmelblau\nsteps: 30\noptimizers: [adam: {{lr: 0.1, label: A1}}, sgd: {{lr: 9, label: B2}}]\n"
    f"noise: {{std: 0.1, spike_every: 7, spike_std: 1}}\n{SMALL}panels: {ALL}}}\n",
    "curve": "function: {formula: x**2 + exp(-x), window: [[-2, 2]]}\nstart: 1\nsteps: 9\n"
    f"optimizers: [sgd: {{lr: 0.1, label: A1, clip: {{norm: 1}}}}]\n{SMALL}panels: [loss, gradient]}}\n",
    "surface": f"function: beale\nsteps: 9\noptimizers: [adam: {{label: A1}}]\n{SMALL}view: surface, panels: []}}\n",
    "time": "function: {formula: x*sin(t), domain: [[-1, 1]]}\nstart: 0.5\nsteps: 20\n"
    "optimizers: [adam: {label: A1, lr: 0.1/sqrt(t)}, amsgrad: {label: B2}]\n"
    f"{SMALL}panels: [loss, regret, ranking]}}\n",
    "network": "network: {layers: [3, 4, 1], samples: 20, batch: 4}\nsteps: 6\n"
    f"optimizers: [adam: {{label: A1}}, sgd: {{label: B2}}]\n{SMALL}panels: [loss, state, ranking]}}\n",
    "landscape": "network: {layers: [3, 4, 1], samples: 20}\nsteps: 6\n"
    f"optimizers: [adam: {{label: A1}}, sgd: {{label: B2}}]\n{SMALL}view: landscape, landscape: {{grid: 11}}}}\n",
    "swarm": "function: sphere\nstarts: {random: 8, seeds: 2}\nnoise: {std: 0.01}\nsteps: 40\n"
    f"optimizers: [adam: {{lr: 0.3, label: A1}}, sgd: {{label: B2}}]\n{SMALL}panels: [loss, distance, ranking]}}\n",
    "step": f"function: beale\nsteps: 9\noptimizers: [amsgrad: {{label: A1}}]\n{SMALL}panels: [step]}}\n",
    "tuned": "function: sphere\ntuning: {trials: 4}\nsteps: 9\noptimizers: [adam: {lr: {tune: [0.01, 1]}, label: A1}]\n"
    f"{SMALL}panels: []}}\n",
}


@dataclass(frozen=True)
class Nobodys(Words):
    """Says all in letters that no program writes by itself."""

    def __call__(self, key: str, /, **parts: object) -> str:
        pieces = re.split(r"(\{\w+\})", CATALOGUE[key]["en"])
        said = "".join(piece if piece.startswith("{") else re.sub("[A-Za-z]", FOREIGN, piece) for piece in pieces)
        return said.format(**parts) if parts else said


def texts_of(race: optviz.Race, reader: Reader) -> Iterator[str]:
    """Everything that is written on the first and the last frame, and around the picture."""
    scene = set_scene(race.result, race.scenario, frame_steps(race.result.steps, 3))
    layers = draw_layers(scene)
    yield from (text.get_text() for text in scene.page.figure.texts)
    yield from (text.get_text() for axes in scene.page.figure.axes for text in (*axes.texts, axes.xaxis.label))
    for moment in (FrameState(0, 0), FrameState(race.result.steps, 2, podium=1.0)):
        placed = [one for layer in layers for one in layer.sprites(moment)]
        yield from (reader.said[id(one.sprite)] for one in placed if id(one.sprite) in reader.said)
    yield alt_text(race.scenario, race.result)


@pytest.mark.parametrize("name", few(RACES, 4))
@pytest.mark.thorough
def test_no_word_of_a_picture_is_missing_in_the_catalogue(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(loads(RACES[name])), "say", property(lambda _: Nobodys()))
    race = optviz.run(loads(f"title: T1\n{RACES[name]}"))
    title = race.problem.title
    for text in texts_of(race, Reader(monkeypatch)):
        own = text.replace(title, "").replace(race.problem.formula or title, "")
        known = re.sub(r"\$[^$]*\$|f\(x(, y)?\) = .*", "", own)  # mathematics
        assert not {*re.findall("[A-Za-z]{2,}", known)} - LEFT, text


def test_every_language_has_every_word_with_the_same_holes() -> None:
    for key, row in CATALOGUE.items():
        assert tuple(row) == LANGUAGES
        assert row["en"] == key
        for said in row.values():
            assert said == said.strip() != ""
            assert holes(said) == holes(key), key
            assert (
                said.endswith(".") == key.endswith(".") or len(key) < 12
            )  # whole sentences are; few letters may be cut


def test_every_term_and_arrow_of_a_rule_has_its_words() -> None:
    words = {word for terms in TERMS.values() for one in terms for word in (one.words, one.arrow) if word}
    assert words <= {*CATALOGUE}


def test_words_fill_their_holes_and_own_words_come_first() -> None:
    assert ENGLISH("step") == "step"
    assert Words("de")("{some} of {all}", some=3, all=9) == "3 von 9"
    assert Words("de", {"{some} of {all}": "{all}: {some}"})("{some} of {all}", some=3, all=9) == "9: 3"
    assert Words("fr").listed(["a", "b", "c"]) == "a, b et c"
    assert ENGLISH("{who} still moves", who="{odd}") == "{odd} still moves"
    with pytest.raises(KeyError):
        ENGLISH("no such words")


LESSONS = {
    "en": "Only A1 arrives, at step 12; B2 diverges.",
    "de": "Nur A1 kommt an, bei Schritt 12; B2 divergiert.",
    "es": "Solo A1 llega, en el paso 12; B2 diverge.",
    "fr": "Seul A1 arrive, à l'étape 12 ; B2 diverge.",
}
BOWL = "function: {formula: x**2 + y**2, window: [[-2, 2], [-2, 2]]}\nstart: [1, 1]\nsteps: 60\n"
TWO = "optimizers: [sgd: {lr: 0.12, label: A1}, sgd: {lr: 1.0e+300, label: B2}]\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_speaks_the_language_of_its_scenario(language: Language) -> None:
    race = optviz.run(loads(f"language: {language}\n{BOWL}{TWO}"))
    assert lesson_of(race.result, race.scenario.say) == LESSONS[language]
    assert race.table()[0].outcome == "arrived"  # what programs read stays as it is
    assert race.to_dict()["scenario"]["language"] == language
    assert race.title == Words(language)(
        "{who} on {problem}", who=race.scenario.say.listed(["A1", "B2"]), problem=race.problem.title
    )


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
@pytest.mark.parametrize("size", few(["1280x720", "854x480", "1080x1080", "1080x1920"], 5))
@pytest.mark.thorough
def test_words_of_every_language_stand_clear(language: str, size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "function: himmelblau\nsteps: 30\noptimizers: [adam, amsgrad, {sgd: {lr: 0.9}}]\n"
    panels = "[loss, distance, ranking]" if size != "1080x1080" else "[rates, effective_lr]"
    scenario = loads(f"language: {language}\n{text}render: {{size: {size}, frames: 3, panels: {panels}}}\n")
    assert Reader(monkeypatch).faults(optviz.run(scenario)) == []


@pytest.mark.thorough
def test_the_longest_words_stand_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    words = dict.fromkeys(("step", "start", "low", "high", "inside since", "since", "moving", "lr"), "x" * 24)
    race = optviz.run(loads(RACES["map"], overrides={"words": words, "render.panels": ["loss", "ranking"]}))
    assert Reader(monkeypatch).faults(race) == []


def test_all_words_are_listed() -> None:
    rows = json.loads(optviz_says("list", "words", "--json").stdout)
    assert rows == [dict(row.items()) for row in CATALOGUE.values()]
    head, *lines = optviz_says("list", "words").stdout.splitlines()
    assert head.split() == list(LANGUAGES)
    assert len(lines) == len(CATALOGUE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{stepp: a}", "words.stepp: no picture has these words; did you mean step?"),
        ("{qqqqq: a}", "words.qqqqq: no picture has these words; optviz list words prints all"),
        ("{start: 'a {b} c'}", "words.start: nothing is known to put in {b}; write {{ and }} for braces themselves"),
        ("{'{some} of {all}': '{some} {al}'}", "put in {al}; these words may hold {all}, {some}"),
        (
            "{start: 'a {b'}",
            "words.start: braces must be closed and hold a name alone; write {{ and }} for braces themselves",
        ),
        ("{'{who} diverges': '{who!r} {who:>99}'}", "braces must be closed and hold a name alone"),
        ("{'{who} diverges': '{who.upper}'}", "nothing is known to put in {who.upper}; these words may hold {who}"),
        (f"{{step: {'x' * 25}}}", "words.step: must be at most 24 characters, got 25"),
        ("{start: ''}", "words.start: must not be empty"),
    ],
)
def test_what_is_wrong_with_own_words_is_said(words: str, said: str) -> None:
    with pytest.raises(optviz.OptvizError) as caught:
        loads(f"words: {words}\n{BOWL}{TWO}")
    assert said in str(caught.value)
