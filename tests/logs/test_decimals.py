"""Numbers are read to the last bit as ``float`` reads them, or left to it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optviz.logs.cells import cut
from optviz.logs.decimals import MOST_EXPONENT, read_decimals

PLAIN = st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,22})?([eE][-+]?[0-9]{1,3})?", fullmatch=True)
ANY = st.text("0123456789.eE+- _xnaif", max_size=30)


def decimals(cells: Sequence[str]) -> tuple[list[float], list[bool]]:
    columns = cut("\n".join(cells).encode(), ",").columns(1)
    assert columns is not None
    (column,) = columns
    found, known = read_decimals(column.raw, column.begins, column.ends)
    return found.tolist(), known.tolist()


@given(st.lists(PLAIN | ANY.filter(str.strip) | st.floats(allow_nan=False).map(repr), min_size=1, max_size=40))
@example(["0", "-0", "-0.0", "0e0", "1e22", "1e23", "-1e-22", "8.5e+16", "123456789012345678.5", "1.0E-5"])
@example(["9007199254740993", "9007199254740992.9", "4503599627370496.5", "2.2250738585072014e-308", "5e-324", "1e400"])
@example(["1.861635189026165120e+17", "9999999999999999999", "18446744073709551616", "0.0000000000000000000001"])
def test_what_is_read_is_what_float_reads_and_written_as_json_writes_it(cells: list[str]) -> None:
    for cell, number, is_known in zip(cells, *decimals(cells), strict=True):
        if is_known:
            assert number.hex() == float(cell).hex(), cell
            assert float(json.loads(cell)) == number


ODD = [
    "-",
    ".5",
    "5.",
    "01",
    "-01",
    "+1",
    "1e",
    "e5",
    "1e+",
    "1.2.3",
    "1 ",
    "1_0",
    "0x1",
    "nan",
    "1e5.0",
    "--1",
    "1" * 30,
]


@pytest.mark.parametrize("text", ODD)
def test_what_json_would_not_write_is_left_to_others(text: str) -> None:
    assert decimals(["17.5", text, "17.5"])[1] == [True, False, True]
    assert decimals([text])[1] == [False]


@pytest.mark.parametrize("form", ["r", ".6f", ".18e", ".3g", ".9g"])
def test_what_programs_write_is_read_at_once(form: str) -> None:
    generator = np.random.default_rng(0)
    numbers = (generator.normal(size=9000) * 10 ** generator.uniform(-15, 5, 9000)).tolist()  # more than a block
    cells = [repr(number) if form == "r" else f"{number:{form}}" for number in numbers]
    found, known = decimals(cells)
    assert all(known)
    assert found == list(map(float, cells))


def test_numbers_between_two_floats_are_left_to_float() -> None:
    cells = [str(2 * mantissa + 1) for mantissa in range(2**52, 2**52 + 50)]
    assert not any(decimals([f"{cell}.0" for cell in cells])[1])
    assert all(decimals([f"{cell}.1" for cell in cells])[1])
    assert decimals([f"1e{MOST_EXPONENT}", f"1e{MOST_EXPONENT + 1}"])[1] == [True, False]
