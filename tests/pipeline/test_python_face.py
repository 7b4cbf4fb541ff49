"""What Python users see: short texts of objects, signatures, brief tracebacks, the cell magic."""

from __future__ import annotations

import copy
import inspect
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from IPython.testing.globalipapp import get_ipython as plain_shell
from IPython.testing.globalipapp import start_ipython
from matplotlib.figure import Figure

import optviz
from optviz.errors import OptvizError
from optviz.formula.graph import Node
from optviz.pipeline.magic import race_cell
from optviz.scenario.keys import Keys
from optviz.scenario.models import Scenario

MOST_CHARACTERS = 2_000


class HeavyBall:
    """A user's rule with a state."""

    state = ("velocity",)

    def __init__(self, lr: float = 0.01, beta: float = 0.9) -> None:
        self.lr, self.beta, self.velocity = lr, beta, 0.0

    def step(self, x: Any, g: Any) -> Any:
        self.velocity = self.beta * self.velocity + g
        return x - self.lr * self.velocity


def plain(x: Any, g: Any, lr: float = 0.01) -> Any:
    return x - lr * g


def bowl(x: Any, y: Any) -> Any:
    return x**2 + 3 * y**2


def slope(x: Any, y: Any) -> Any:
    return 2 * x, 6 * y


@pytest.fixture(scope="module")
def race() -> optviz.Race:
    racers = [{"adam": {"lr": "0.1/sqrt(t)", "label": f"Adam {number}"}} for number in range(24)]
    return optviz.run(optviz.build(function="beale", steps=1000, optimizers=racers))


@pytest.mark.thorough
def test_texts_of_objects_are_short(race: optviz.Race) -> None:
    racer = race["Adam 3"]
    objects = [race, race.scenario, race.result, racer, racer.trajectory, racer.rule, race.problem, race.table()[0]]
    assert all(len(repr(one)) < MOST_CHARACTERS for one in objects)
    assert repr(race).endswith("; 21 more>")


PICKLED: dict[str, dict[str, Any]] = {
    "named": {"function": "beale", "optimizers": ["adam", {"sgd": {"lr": "0.1/t"}}]},
    "constants": {
        "function": {"formula": "a*x**2 + t", "constants": {"a": 2}, "window": [[-2, 2]]},
        "start": 1,
        "optimizers": ["adam"],
    },
    "chance": {"function": {"formula": "x**2 + chance(0.5)"}, "start": 1, "seed": 3, "optimizers": ["adam"]},
    "swarm": {"function": "beale", "starts": {"random": 3}, "noise": {"std": 0.1}, "optimizers": ["adam"]},
    "network": {
        "network": {"layers": [2, 3, 2], "data": "spirals", "loss": "cross_entropy"},
        "render": {"view": "landscape", "landscape": {"grid": 11}},
        "optimizers": ["adam"],
    },
    "losses": {"optimizers": [{"recorded": {"losses": [3, 2, 1]}}]},
    "own rules": {"function": "beale", "optimizers": [HeavyBall, plain, {"lookahead": {"base": HeavyBall}}]},
    "own function": {"function": {"formula": bowl, "gradient": slope}, "start": [1, 1], "optimizers": ["adam"]},
}


@pytest.mark.parametrize("keys", PICKLED.values(), ids=PICKLED)
@pytest.mark.parametrize("again", [lambda one: pickle.loads(pickle.dumps(one)), copy.deepcopy])
def test_a_race_comes_back_whole(keys: dict[str, Any], again: Callable[[optviz.Race], optviz.Race]) -> None:
    race = optviz.run(optviz.build(steps=2, **keys))
    back = again(race)
    assert repr(back) == repr(race)
    assert back.to_dict() == race.to_dict()
    for point in (racer.x[1] for racer in race):
        np.testing.assert_array_equal(back.problem.value(point, 2.0), race.problem.value(point, 2.0))
        np.testing.assert_array_equal(back.problem.gradient(point, 2.0), race.problem.gradient(point, 2.0))
    assert optviz.run(back.scenario).to_dict() == race.to_dict()


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["two-moons", "fair/swarm", "landscape", "replay/spirals", "amsgrad/noise"])
def test_whatever_a_race_holds_has_a_short_text(name: str) -> None:
    few_steps = {"steps": 3} if name != "replay/spirals" else {}
    race = optviz.run(optviz.load(name, few_steps))
    assert {path: size for path, size in texts_below(race, name, set()) if size >= MOST_CHARACTERS} == {}


def texts_below(given: Any, path: str, seen: set[int], depth: int = 0) -> Iterator[tuple[str, int]]:
    """Each object of ours within five attributes, and how long its text is; nodes of formulas are left out."""
    if id(given) in seen or depth > 5 or isinstance(given, Node):
        return
    seen.add(id(given))
    if isinstance(given, list | tuple) and not hasattr(given, "_fields"):
        for one in given[:3]:
            yield from texts_below(one, f"{path}[]", seen, depth + 1)
    elif type(given).__module__.startswith("optviz"):
        yield path, len(repr(given))
        for name in dir(given):
            if not name.startswith(("_", "model_")) and not callable(one := getattr(given, name, None)):
                yield from texts_below(one, f"{path}.{name}", seen, depth + 1)


face: Any = optviz  # which takes whatever is given
WRONG_KINDS: list[tuple[Callable[[Any], object], str]] = [
    (lambda race: face.load(None), "load takes a file or the name of a scenario, got None; optviz.build takes"),
    (lambda race: face.load({"function": "beale"}), "load takes a file or the name of a scenario, got {'function'"),
    (lambda race: face.load(b"race"), "load takes a file or the name of a scenario, got b'race'"),
    (lambda race: face.load("race", 3), "overrides map paths of keys to values, got 3; such as {'render.fps': 50}"),
    (lambda race: face.load("race", "steps=3"), "overrides map paths of keys to values, got 'steps=3'"),
    (lambda race: face.load("race", ["steps"]), "overrides map paths of keys to values, got ['steps']"),
    (lambda race: face.load("race", {3: 4}), "3: unknown key"),
    (lambda race: face.loads(None), "loads takes the text of a scenario, got None; optviz.load reads a file"),
    (lambda race: face.loads(b"function: beale"), "loads takes the text of a scenario, got b'function"),
    (lambda race: face.loads("function: bale", 3), "3:1:1: optimizers: is required"),
    (lambda race: face.build(function="beale", start=[1, [2]], optimizers=["adam"]), "start[1]: must be a number"),
    (lambda race: face.build(function=max, start=1, optimizers=["adam"]), "function: max does not say what it takes"),
    (lambda race: face.build(function="beale", optimizers=[max]), "optimizers: max does not say what it takes"),
    (
        lambda race: face.build(function={"formula": abs, "gradient": "x"}, start=1, optimizers=["adam"]),
        "function.gradient: must be a function, got 'x'; leave it out, and it is found numerically",
    ),
    (
        lambda race: face.build(function={"formula": "x**2", "gradient": abs}, start=1, optimizers=["adam"]),
        "function.gradient: belongs to a function of Python's; a formula is differentiated exactly; remove it",
    ),
    (lambda race: face.run(race.scenario, 3), "tunings map labels to what tune found, got 3"),
    (lambda race: face.run(race.scenario, {"Adam": 3}), "tunings map labels to what tune found, got {'Adam': 3}"),
    (lambda race: face.run(race.scenario, tiles=3), "tiles names a folder, got 3"),
    (lambda race: face.Scenario(optimizers=None), "a scenario is made by optviz.build of its keys, or read by"),
    (lambda race: face.Scenario("race"), "a scenario is made by optviz.build of its keys, or read by optviz.load"),
    (lambda race: face.Race(race.scenario, None), "a race holds what came of a scenario, got None; optviz.run makes"),
    (lambda race: race.save(), "save takes the files to write; such as race.save('race.gif')"),
    (lambda race: race.save(None), "save takes the files to write, got None; such as race.save('race.gif', 'race"),
    (lambda race: race.save(["a.gif"]), "save takes the files to write, got ['a.gif']"),
    (lambda race: race.figure("a"), "step: must be a whole number, got 'a'"),
    (lambda race: race.figure(True), "step: must be a whole number, got True"),
    (lambda race: race.draw(None), "draw takes Matplotlib axes of a plane, got None; such as plt.gca()"),
    (lambda race: race.draw([]), "draw takes Matplotlib axes of a plane, got []"),
    (lambda race: race.draw(Figure()), "draw takes Matplotlib axes of a plane, got <Figure size"),
    (
        lambda race: race.draw(Figure().add_subplot(projection="3d")),
        "draw takes Matplotlib axes of a plane, got <Ax",
    ),
    (lambda race: race.draw(Figure().add_subplot(), 1.5), "step: must be a whole number, got 1.5"),
]


@pytest.fixture(scope="module")
def small() -> optviz.Race:
    return optviz.run(optviz.build(function="beale", steps=2, optimizers=["adam"]))


@pytest.mark.filterwarnings("ignore::optviz.NumericalGradientWarning")
@pytest.mark.parametrize(("call", "said"), WRONG_KINDS, ids=[said[:40] for _, said in WRONG_KINDS])
def test_arguments_of_a_wrong_kind_are_told(
    call: Callable[[optviz.Race], object], said: str, small: optviz.Race
) -> None:
    with pytest.raises(optviz.OptvizError) as told:
        call(small)
    assert str(told.value).startswith(said)


def test_where_no_scenario_is_given_it_is_told_how_to_make_one(race: optviz.Race) -> None:
    with pytest.raises(optviz.OptvizError, match=r"run takes a scenario, got 'race'; optviz\.load reads one"):
        optviz.run("race")
    with pytest.raises(optviz.OptvizError, match="an object of HeavyBall has taken its settings already"):
        optviz.build(function="beale", optimizers=[HeavyBall()])
    with pytest.raises(optviz.OptvizError) as caught:
        race.save("race.gfi")
    assert len(traceback.extract_tb(caught.tb)) == 2


def test_a_scenario_that_is_changed_says_how_it_is_done(small: optviz.Race) -> None:
    changed: Any = small.scenario
    with pytest.raises(AttributeError, match=r"^steps: a scenario stays as it was read; optviz\.load and build take"):
        changed.steps = 3
    with pytest.raises(AttributeError, match=r"^fps: a scenario stays"):
        changed.render.fps = 3
    assert changed.steps == 2


def test_keyword_arguments_are_the_keys_of_a_scenario() -> None:
    assert set(Keys.__annotations__) == set(Scenario.model_fields)
    assert list(inspect.signature(optviz.build).parameters) == list(Scenario.model_fields)
    assert all(f"{name}: " in (optviz.build.__doc__ or "") for name in Scenario.model_fields)


def test_a_mistake_shows_no_frames_of_ours() -> None:
    with pytest.raises(optviz.OptvizError) as caught:
        optviz.build(function="beale", optimizers=["adma"])
    assert len(traceback.extract_tb(caught.tb)) == 2  # this test, and where it is told


@pytest.mark.parametrize(
    ("own", "known"),
    [
        ({"lookahead": {"base": HeavyBall}}, {"lookahead": {"base": {"momentum": {"lr": 0.01}}}}),
        ({"lookahead": {"base": {HeavyBall: {"lr": 0.02}}}}, {"lookahead": {"base": {"momentum": {"lr": 0.02}}}}),
        ({"sam": {"base": plain}}, {"sam": {"base": {"sgd": {"lr": 0.01}}}}),
    ],
)
def test_own_rules_are_bases(own: dict[Any, Any], known: dict[Any, Any]) -> None:
    ran = [optviz.run(optviz.build(function="booth", steps=40, optimizers=[racer])) for racer in (own, known)]
    np.testing.assert_allclose(ran[0].racers[0].x, ran[1].racers[0].x, rtol=1e-12)


def test_rows_and_arrays_have_names(race: optviz.Race) -> None:
    assert race.table()[0]._asdict()["place"] == 1
    assert race.arrays()["Adam 3/x"].shape == (1001, 2)


CELL = "function: beale\nsteps: 3\noptimizers: [adam]\n"


def test_a_cell_is_raced() -> None:
    assert race_cell("", CELL).result.steps == 3
    assert race_cell("steps=5 render.size=480p", CELL).result.steps == 5


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--set steps=2", "%%optviz --set: must be KEY=VALUE; such as %%optviz render.theme=dark"),
        ("title='x", "%%optviz title='x: a quotation mark is not closed"),
        ("stepps=2", "%%optviz stepps=2: unknown key; did you mean steps?"),
    ],
)
def test_words_behind_the_magic_that_are_wrong_are_told_briefly(line: str, said: str) -> None:
    with pytest.raises(OptvizError) as error:
        race_cell(line, CELL)
    assert str(error.value) == said
    assert race_cell("steps=2 title='Two words'", CELL).title == "Two words"


def test_the_magic_is_registered() -> None:
    shell = start_ipython() or plain_shell()
    shell.run_line_magic("load_ext", "optviz")
    assert shell.run_cell_magic("optviz", "steps=2", CELL).result.steps == 2
