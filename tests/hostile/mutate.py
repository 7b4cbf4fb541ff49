"""Mutates shipped scenarios and sees whether check and race agree: ``python -m tests.hostile.mutate 0 200000``.

A mutation is a text in which one or several values, keys or lines are others. Whatever the loader takes must run and
be laid out up to its first frame; nothing but OptvizError may ever be raised, and only by the loader.
"""

from __future__ import annotations

import random
import re
import sys
import traceback
import warnings
from collections import Counter
from functools import cache

import optviz
from optviz.errors import OptvizError
from optviz.scenario.shipped import shipped, shipped_names

NUMBERS = "0 1 2 -1 3 7 0.5 1e-3 1e300 -1e300 1e308 5e-324 1e-310 1e154 1e6 nan .nan .inf -.inf 0x10 1/3".split()
OTHERS = 'true no ~ [] {} "" x [1,2] [[0,1],[0,1]] [-1e154,1e154] [0,5e-324] [1,1.0000000000000002]'.split()
FORMULAS = "x**2 log(x) 1/x x*sin(t) exp(exp(x)) x**2+y**2 sqrt(x) 0.1/sqrt(t) 1e308*x abs(x)".split()
NAMES = "beale post_1d rosenbrock adam sgd lookahead map curve surface time auto network".split()
LOOKS = "loss [loss,ranking] regret distance 160x160 7680x160 480p 1080p".split()
TEXTS = ['"Ａ"', '"$x_1$"', "'$\\foo$'", '"\\u202e"', "9" * 21]
WORDS = [*NUMBERS, *OTHERS, *FORMULAS, *NAMES, *LOOKS, *TEXTS]
TOP = "function start steps noise starts tuning finish table seed common network".split()
INNER = "lr view frames panels theme hold trail levels size window domain minima constants focus lesson".split()
KEYS = [*(f"{key}: " for key in TOP), *(f"  {key}: " for key in INNER)]
VALUE = re.compile(r"(?<=[:\[, ])[^\s:\[\]{},#][^:\[\]{},#\n]*")
MOST_STEPS = 30  # of what is run: each is run in full, but no longer


@cache
def _texts() -> list[str]:
    return [shipped(name).read_text(encoding="utf-8") for name in shipped_names()]


def mutated(seed: int) -> str:
    """Return a shipped scenario with up to three changes, the same for the same seed."""
    dice = random.Random(seed)
    text = dice.choice(_texts())
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        text = dice.choice([_with_value, _with_value, _with_value, _without_line, _with_line, _with_character])(
            text, dice
        )
    return text


def _with_value(text: str, dice: random.Random) -> str:
    found = dice.choice(list(VALUE.finditer(text)))
    return text[: found.start()] + dice.choice(WORDS) + text[found.end() :]


def _without_line(text: str, dice: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    del lines[dice.randrange(len(lines))]
    return "".join(lines) or "x\n"


def _with_line(text: str, dice: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    new = dice.choice([dice.choice(lines), f"{dice.choice(KEYS)}{dice.choice(WORDS)}\n"])
    lines.insert(dice.randrange(len(lines) + 1), new)
    return "".join(lines)


def _with_character(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + chr(dice.choice([*range(32, 127), 0x7F, 0x85, 0xA0, 0x202E, 0x3B1, 0x1F600])) + text[at:]


def fault(text: str, *, drawn: bool = False) -> str:
    """Return what is wrong with how a scenario's text is taken: nothing if it is refused in time or can be shown.

    drawn: lay a small film out too.
    """
    try:
        scenario = optviz.loads(text)
        scenario = _shorter(text) if scenario.steps > MOST_STEPS else scenario
    except OptvizError as error:
        unplaced = [str(issue) for issue in error.issues if issue.line is None and issue.where]
        return f"no place: {unplaced[0]}" if unplaced else ""
    except Exception:
        return traceback.format_exc()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            race = optviz.run(scenario)
            if drawn:
                _lay_out(race)
    except OptvizError as error:
        return f"taken, then refused: {error}"
    except Exception:
        return traceback.format_exc()
    return ""


def _shorter(text: str) -> optviz.Scenario:
    """Return the scenario with fewer steps, and without what may stand behind them."""
    return optviz.loads(
        text, overrides={"steps": MOST_STEPS, "render.captions": [], "render.pauses": [], "table": None}
    )


def _lay_out(race: optviz.Race) -> None:
    from optviz.picture.film import film
    from optviz.scenario.loading import with_render

    small = {"size": (160, 160), "frames": 2, "hold": 0.0}
    film(race.result, with_render(race.scenario, **small))


def main() -> None:
    """Try the mutations from one number to another, and print each kind of fault once."""
    first, last = map(int, sys.argv[1:])
    kinds: Counter[str] = Counter()
    for seed in range(first, last):
        text = mutated(seed)
        if said := fault(text, drawn=seed % 20 == 0):
            kind = said.strip().splitlines()[-1] if "Traceback" in said else said.partition(":")[0]
            kinds[kind] += 1
            if kinds[kind] == 1:
                print(f"--- {seed}: {kind}\n{said[-1500:]}\n{text}", flush=True)
        if seed % 5000 == 0:
            print(f"=== {seed - first} tried", dict(kinds), flush=True)
    print(f"=== {last - first} tried", dict(kinds))


if __name__ == "__main__":
    main()
