"""Any panels, any size, any number of racers: all text inside the picture, and no two texts on one another."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import optviz
from optviz import Race
from optviz.optimizers import OPTIMIZERS
from optviz.picture.layout.grid import COLUMN_GAP_PX, GUTTER_PX, Need, lay_out
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import THEMES
from optviz.picture.panels import PANELS as EVERY_PANEL
from optviz.picture.panels import curves, rows
from optviz.scenario import loads
from tests import few
from tests.picture.texts import Reader

EVERY = "loss distance gradient effective_lr state ranking rates"
PANELS = ("", "ranking", "loss ranking", "state", "effective_lr rates", "loss distance gradient", EVERY)
SIZES = ("854x480", "1280x720", "3840x2160", "1080x1080", "1080x1920", "640x480", "1920x818", "160x160", "480x270")
COUNTS = (1, 3, 10, 24)

# Every panel set, every size and every count at least once, the hardest of them together; the rest is slow.
FEW = [
    ("loss ranking", "854x480", 24),
    ("loss ranking", "480x270", 3),
    (EVERY, "854x480", 24),
    (EVERY, "1080x1920", 10),
    ("effective_lr rates", "640x480", 10),
    ("state", "1920x818", 10),
    ("loss distance gradient", "3840x2160", 3),
    ("ranking", "1080x1080", 24),
    ("ranking", "160x160", 3),
    ("", "1280x720", 1),
]

TWO = "function: beale\nstart: [0.7, 1.4]\nsteps: 40\n"
ONE = "function: post_1d\nsteps: 40\n"
ONLINE = "function: {formula: x*sin(t), domain: [[-1, 1]]}\nstart: 0.5\nsteps: 40\n"
RACERS = ["adam", "amsgrad", "adamax", *(name for name in OPTIMIZERS if name not in ("adam", "amsgrad", "adamax"))]


def race(problem: str, panels: str, size: str, racers: int | list[str], theme: str = "light") -> Race:
    names = RACERS[:racers] if isinstance(racers, int) else racers
    render = f"{{size: {size}, panels: [{', '.join(panels.split())}], frames: 12, theme: {theme}}}"
    return optviz.run(loads(f"{problem}optimizers: [{', '.join(names)}]\nrender: {render}\n"))


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(monkeypatch)


@pytest.mark.parametrize(("panels", "size", "racers"), few(FEW, 4))
@pytest.mark.thorough
def test_words_stand_clear(reader: Reader, panels: str, size: str, racers: int) -> None:
    assert reader.faults(race(TWO, panels, size, racers)) == []


@pytest.mark.parametrize("panels", few(["loss state effective_lr", "ranking rates distance"], 2))
@pytest.mark.thorough
def test_words_stand_clear_on_a_line(reader: Reader, panels: str) -> None:
    assert reader.faults(race(ONE, panels, "1280x720", 3, "dark")) == []


@pytest.mark.thorough
def test_words_stand_clear_over_time(reader: Reader) -> None:
    assert reader.faults(race(ONLINE, "regret loss ranking rates", "1080x1920", 3, "paper")) == []


LONG = [
    "adam: {label: A name as long as anybody may ever want to give to an optimizer, lr: 0.1/sqrt(t) + 1.0e-9*cos(t)}",
    "sgd: {label: W, lr: 10}",
    "sgd: {lr: 1.0e-300}",
    "lion",
]


@pytest.mark.parametrize("size", few(["1280x720", "1080x1080"], 2))
@pytest.mark.thorough
def test_long_names_and_wild_numbers_stand_clear(reader: Reader, size: str) -> None:
    steep = "function: {formula: 1e12*(x**2 + y**2) - 1e9, window: [[-1, 2], [-1, 2]], minima: [[0, 0]]}\n"
    panels = "loss gradient distance effective_lr ranking rates"
    assert reader.faults(race(f"{steep}start: [1, 1]\nsteps: 40\n", panels, size, LONG)) == []


WIDE = [
    "{formula: x**4 - 50*x**3 - x + 1, window: [[-15, 55]]}\nstart: -10",
    "{formula: 1e-7*(x - 12345)**2 - 1000.5, window: [[12340, 12350]]}\nstart: 12344",
    "{formula: x**2 + y**2/1e9, window: [[-0.0015, 0.001], [-1.5e6, -1.4e6]]}\nstart: [0.0005, -1.45e6]",
]


@pytest.mark.parametrize("function", few(WIDE, 3))
@pytest.mark.parametrize("size", ["854x480", "1080x1920"])
def test_axes_have_room_for_their_labels(reader: Reader, function: str, size: str) -> None:
    assert reader.faults(race(f"function: {function}\nsteps: 20\n", "loss ranking", size, 1)) == []


@pytest.mark.slow
@pytest.mark.parametrize(("panels", "size", "racers"), list(product(PANELS, SIZES, COUNTS)))
@pytest.mark.parametrize("problem", [ONE, TWO])
def test_words_stand_clear_everywhere(reader: Reader, problem: str, panels: str, size: str, racers: int) -> None:
    assert reader.faults(race(problem, panels, size, racers)) == []


# --- the grid alone -------------------------------------------------------------------------------

KINDS = {"ranking": rows.need, "rates": rows.need, "state": lambda count: curves.need(min(6, count), 2, True)}


def need(name: str, racers: int) -> Need:
    return KINDS[name](racers) if name in KINDS else curves.need()


@given(
    names=st.permutations(list(EVERY_PANEL)),
    count=st.integers(1, len(EVERY_PANEL)),
    width=st.integers(80, 3840),
    height=st.integers(80, 3840),
    racers=st.integers(1, 24),
)
@pytest.mark.thorough
def test_panels_and_view_are_apart_and_inside(
    names: list[str], count: int, width: int, height: int, racers: int
) -> None:
    needs = {name: need(name, racers) for name in names[:count]}
    page, grid = lay_out((2 * width, 2 * height), THEMES["light"], needs)
    assert set(grid.panels) == set(needs)
    slots = {name: slot.rect for name, slot in grid.panels.items()}
    for name, rect in slots.items():
        assert rect.height >= needs[name].least - 1e-6
        assert rect.right <= page.inner.right + 1e-6
        assert rect.bottom <= page.inner.bottom + 1e-6
    assert all(_apart(a, b, COLUMN_GAP_PX) for a, b in combinations(slots.values(), 2))
    assert all(_apart(grid.view, rect, GUTTER_PX) for rect in slots.values())


def _apart(a: Rect, b: Rect, gap: float) -> bool:
    """One above the other, or side by side with ``gap`` for tick labels between."""
    above = a.bottom <= b.top or b.bottom <= a.top
    beside = a.right + gap <= b.left + 1e-6 or b.right + gap <= a.left + 1e-6
    return above or beside
