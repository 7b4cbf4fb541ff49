"""Pictures of what is hard to draw: long words, deep formulas, extreme windows and values; no warning, no trace."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.hostile.walk import walk

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="forks")]

TAIL = "steps: 6\noptimizers: [adam, sgd: {lr: 0.01}]\nrender: {size: 480x270, frames: 3, hold: 0}\n"


def of(formula: str, window: str = "", start: str = "1", more: str = "") -> str:
    inside = f", window: {window}" if window else ""
    return f"function: {{formula: '{formula}'{inside}}}\nstart: {start}\n{more}{TAIL}"


def nested(inside: str, around: str, depth: int) -> str:
    return f"{around}(" * depth + inside + ")" * depth


DRAWN = {
    **{f"title of {n}": of("x**2", more=f"title: '{'Wor ' * (n // 4)}'\n") for n in (40, 100, 180, 200)},
    **{f"one word of {n}": of("x**2", more=f"title: '{'W' * n}'\n") for n in (60, 120, 200)},
    "wide letters": of("x**2", more="title: '" + "\N{EM DASH}" * 150 + "'\n"),
    "mathematics": of("x**2", more="title: '$" + "x^2+" * 30 + "1$'\n"),
    "30 powers": of(nested("x", "x**", 30)),
    "30 powers of powers": of("(" * 30 + "x" + ")**1.1" * 30),
    "30 roots": of(nested("x", "sqrt", 30)),
    "30 quotients": of(nested("x", "1/", 30)),
    "sides in ratio 1e8": of("x**2 + y**2", "[[-1, 1], [-1e8, 1e8]]", "[0.5, 1e7]"),
    "sides in ratio 1e-8": of("x**2 + y**2", "[[-1e-8, 1e-8], [-1, 1]]", "[1e-9, 0.5]"),
    "a window of 1e-9": of("(x - 1)**2", "[[1, 1.000000001]]", "1.0000000005"),
    "a window of one ulp": of("(x - 1)**2", "[[1, 1.0000000000000002]]", "1"),
    "subnormal": of("x**2", "[[0, 5e-324]]", "5e-324"),
    "largest": of("x", "[[-1e308, 1e308]]", "1e307"),
    "largest plane": of("x**2 + y**2", "[[-1e308, 1e308], [-1e308, 1e308]]", "[1e10, 1]"),
    "constant": of("3 + 0*x", "[[-1, 1]]"),
    "constant plane": of("3 + 0*x + 0*y", "[[-1, 1], [-1, 1]]", "[0.5, 0.5]"),
    "constant without window": of("3 + 0*x"),
    "huge": of("1e300*(x**2 + y**2)", "[[-1, 1], [-1, 1]]", "[0.5, 0.5]"),
    "huge offset": of("1e300 + x**2", "[[-1, 1]]", "0.5"),
    "tiny": of("1e-310*x**2", "[[-1, 1]]", "0.5"),
    "steps": of("floor(10*x)", "[[-1, 1]]", "0.5"),
    "poles": of("tan(x)/x", "[[-9, 9]]", "1"),
    "nowhere but here": of("where(x == 1, 0, log(-1))", "[[-1, 1]]"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_it_is_drawn_or_refused_without_a_word_of_others(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(DRAWN[name], encoding="utf-8")
    for view in ("auto", "surface") if "plane" in name or name == "huge" else ("auto",):
        checked, raced = walk(
            [["check", str(path)], ["race", str(path), "-o", "x.png", "--set", f"render.view={view}"]]
        )
        assert checked.code == raced.code, raced.said
        assert raced.code in (0, 2), raced.said
        assert not raced.has_trace, raced.said
        assert not raced.warned, raced.said
        assert not raced.unprintable, raced.said
        assert raced.cpu_s < 10
