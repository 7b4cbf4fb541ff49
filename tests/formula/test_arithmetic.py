"""A float and an array take the same road to the same bits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.formula import arithmetic

ONE = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "log2": np.log2,
    "floor": np.floor,
    "ceil": np.ceil,
    "sqrt": np.sqrt,
    "absolute": np.abs,
    "sign": np.sign,
}
TWO = {"maximum": np.maximum, "minimum": np.minimum, "atan2": np.arctan2, "power": np.float_power}

CORNERS = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan]
floats = st.one_of(st.floats(width=64), st.floats(-10, 10), st.sampled_from(CORNERS))


def same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


@pytest.mark.parametrize("name", ONE)
@given(z=floats)
def test_one_argument(name: str, z: float) -> None:
    function = getattr(arithmetic, name)
    with np.errstate(all="ignore"):
        expected = ONE[name](np.full(5, z))
        by_array = function(np.full(5, z))
    by_float = function(z)
    assert type(by_float) is float
    assert np.array_equal(by_array, expected, equal_nan=True)
    assert all(same(by_float, e) for e in expected)


@pytest.mark.parametrize("name", TWO)
@given(a=floats, b=st.one_of(floats, st.sampled_from([-1.0, 0.5, 2.0])))
def test_two_arguments(name: str, a: float, b: float) -> None:
    function = getattr(arithmetic, name)
    with np.errstate(all="ignore"):
        expected = TWO[name](np.full(5, a), np.full(5, b))
        mixed = function(np.full(5, a), b)
    by_float = function(a, b)
    assert type(by_float) is float
    assert np.array_equal(mixed, expected, equal_nan=True)
    assert all(same(by_float, e) for e in expected)


def test_where_selects() -> None:
    assert arithmetic.where(True, 1.0, math.nan) == 1.0
    assert arithmetic.where(False, math.nan, 2.0) == 2.0
    chosen = arithmetic.where(np.array([True, False]), 1.0, np.array([5.0, 6.0]))
    assert np.array_equal(chosen, [1.0, 6.0])


def test_pythons_power_has_the_bits_of_floats_in_arrays_too() -> None:
    t = np.arange(1, 50)
    assert np.array_equal(arithmetic.python_power(0.999, t), [0.999**n for n in t.tolist()])
    assert arithmetic.python_power(0.96, 0.004) == 0.96**0.004


def test_every_function_is_tested() -> None:
    helpers = {"without_warnings", "elementwise", "where", "python_power"}
    own = {name for name, thing in vars(arithmetic).items() if getattr(thing, "__module__", "") == arithmetic.__name__}
    assert own - helpers == {*ONE, *TWO}
