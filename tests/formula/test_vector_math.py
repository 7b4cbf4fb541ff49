"""Machine code's own functions: every value against NumPy's, quotients to the last bit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from time import sleep
from typing import Any

import numpy as np
import pytest

from optviz.engine.evolve import Lanes
from optviz.engine.stages import Stage
from optviz.formula.codegen import lanes
from optviz.formula.codegen.kernel import Kernel
from optviz.formula.codegen.reciprocals import reciprocals
from optviz.formula.codegen.vector_math import LANES
from optviz.formula.graph import Graph

pytestmark = pytest.mark.skipif(not lanes.is_available(), reason="needs the extra fast")
RNG = np.random.default_rng(0)
SPECIAL = np.array([0.0, -0.0, 1.0, -2.5, 5e-324, -1e-310, 1e308, np.inf, -np.inf, np.nan])
MOST_ULPS = 1.0


def computed(op: str, *columns: Any, shared: float | None = None, constant: float | None = None) -> Any:
    """An operation on columns, then on a number that all points share or on one that the kernel is written with."""
    graph, count = Graph(), len(columns)
    rows = {f"a{i}": i for i in range(count)}
    last = [graph.variable("c")] if shared is not None else [] if constant is None else [graph.node(constant)]
    result = graph.apply(op, *map(graph.variable, rows), *last)
    kernel = Kernel(rows, {} if shared is None else {"c": 0}, {count: result})
    width = -(-len(columns[0]) // LANES) * LANES
    blocks = np.ones((1, count + 1, width))
    for row, column in enumerate(columns):
        blocks[0, row, : len(column)] = column
    table = np.zeros((1, 0)) if shared is None else np.array([[shared]])
    Lanes().prepare([[Stage(kernel, 0, table)]])[0](blocks, 0, 1, None)
    return blocks[0, count, : len(columns[0])]


def hard_numerators(divisor: float) -> Any:
    """Those whose quotients come closest to halfway between two floats, in sizes that are no trouble."""
    whole = int(np.frexp(abs(divisor))[0] * 2**53)
    close = [pow(2**power, -1, whole) * times % whole for power in (53, 54) for times in (1, -1, 2, -2, 3, -3)]
    return np.array([float(x) for x in close if x]) * 2.0**-52


def assert_divided(divisor: float, numerators: Any, found: Any) -> None:
    with np.errstate(all="ignore"):
        expected = numerators / divisor
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(np.signbit(found)[~np.isnan(found)], np.signbit(expected)[~np.isnan(expected)])


@pytest.mark.parametrize("divisor", [*(1 - 0.999**t for t in (1, 2, 300)), 3.0, 0.25, np.nextafter(2.0, 0.0), 5e-324,
                                     0.0, -0.0, np.inf, np.nan, -1e300, -1e-5])  # fmt: skip
def test_a_quotient_by_a_known_number_is_the_divisions_own(divisor: float) -> None:
    spread = RNG.uniform(-1, 1, 20_000) * 2.0 ** RNG.integers(-1060, 1020, 20_000)
    for column in (spread, RNG.uniform(1, 2, 20_000), np.concatenate([SPECIAL, spread[:50]])):
        assert_divided(divisor, column, computed("/", column, shared=divisor))
        assert_divided(divisor, column, computed("/", column, constant=divisor))


def test_hard_quotients_are_the_divisions_own_and_few_divisors_are_not_served() -> None:
    wholes = RNG.integers(2**52, 2**53, 400) | 1
    refused = 0
    for divisor in (wholes * 2.0**-52).tolist():
        numerators = hard_numerators(divisor)
        assert_divided(divisor, numerators, computed("/", numerators, shared=divisor))
        high, low = reciprocals(np.array(divisor)).tolist()
        assert np.isnan(high) or Fraction(low) == Fraction(float(1 / Fraction(divisor) - Fraction(high)))
        refused += bool(np.isnan(high))
    assert 0 < refused < 40


@pytest.mark.parametrize("op", ["sin", "cos", "exp"])
def test_sine_cosine_and_exponential_are_within_a_unit_in_the_last_place(op: str) -> None:
    reach = 700 if op == "exp" else 1e5
    z = np.concatenate([RNG.uniform(-span, span, 20_000) for span in (1e-3, 1.0, 30.0, reach)])
    z = np.concatenate([z, np.arange(-50, 51) * np.pi / 2, np.arange(-700, 701) * np.log(2)])
    exact = getattr(np, op)(z.astype(np.longdouble))
    ulps = np.abs(computed(op, z) - exact) / np.spacing(np.abs(exact.astype(np.float64)))
    assert float(ulps.max()) <= MOST_ULPS
    assert (computed(op, z) == getattr(np, op)(z)).mean() > 0.95


@pytest.mark.parametrize("op", ["sin", "cos", "exp", "sinh", "log", "atan"])
def test_what_they_do_not_cover_is_the_c_librarys(op: str) -> None:
    z = np.concatenate([SPECIAL, [6e5, -1e22, 709.5, 720.0, -708.5, -745.0, -750.0]])
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(computed(op, z), getattr(np, {"atan": "arctan"}.get(op, op))(z), 4e-16, 5e-324)


def test_who_stands_next_to_a_point_changes_nothing() -> None:
    z = np.array([0.3, 1.0, 2.0, 3.0])
    for other in (1e22, np.nan, np.inf):
        np.testing.assert_array_equal(computed("sin", np.array([0.3, other, 2.0, other]))[::2], computed("sin", z)[::2])


@pytest.mark.parametrize(
    ("op", "function"), [("/", np.divide), ("minimum", np.minimum), ("maximum", np.maximum), ("%", np.remainder)]
)
def test_operations_on_pairs_treat_what_is_no_number_as_numpy_does(op: str, function: Any) -> None:
    a, b = (side.ravel() for side in np.meshgrid(SPECIAL, [*SPECIAL, 0.3, -0.7]))
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(computed(op, a, b), function(a, b))


@pytest.mark.parametrize("op", ["sign", "floor", "ceil", "absolute", "sqrt", "neg"])
def test_operations_on_one_number_treat_what_is_none_as_numpy_does(op: str) -> None:
    with np.errstate(all="ignore"):
        expected = getattr(np, {"neg": "negative"}.get(op, op))(SPECIAL)
    np.testing.assert_array_equal(computed(op, SPECIAL), expected)


def test_compiled_code_is_kept_whole_or_compiled_again(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    lanes._keep("one", b"machine code")
    assert lanes._kept("one") == b"machine code"
    lanes._file("one").write_bytes(lanes._file("one").read_bytes()[:-1])
    assert lanes._kept("one") is None
    assert lanes._kept("another") is None
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    lanes._keep("one", b"machine code")  # nowhere to keep it: no error


def test_an_older_llvm_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, counts in (("0.44.0", False), ("0.45.0rc1", True), ("1.0.0", True)):
        monkeypatch.setattr(lanes, "version", lambda name, number=number: number)
        assert lanes.is_available.__wrapped__() is counts


def test_threads_share_one_holder_of_code(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    class Slow(lanes._Machine):
        def __init__(self) -> None:
            sleep(0.02)
            made.append(1)

    monkeypatch.setattr(lanes, "_Machine", Slow)
    Slow.made = None
    with ThreadPoolExecutor(4) as pool:
        assert len(set(map(id, pool.map(lambda _: lanes._machine(), range(4))))) == 1
    assert len(made) == 1
