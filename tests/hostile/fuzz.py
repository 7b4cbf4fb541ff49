"""Looks for inputs that break a reader, guided by the lines they reach: ``python -m tests.hostile.fuzz formula 9999``.

An input that reaches lines of optviz which none did before joins the corpus, from which the next ones are made. A fault
is any error but OptvizError, or one that is said in characters that a terminal would obey. ``all`` tries each reader; a
third argument tries other inputs.
"""

from __future__ import annotations

import random
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import optviz
from optviz.errors import OptvizError
from optviz.formula import compile_formula
from optviz.output.metadata import read_metadata
from optviz.scenario.document import decode

ROOT = Path(optviz.__file__).parent
CASES = Path(__file__).with_name("cases")
MOST_BYTES = 20_000
PIECES = [
    *(b"x y t 1 0 1e308 5e-324 ( ) + - * / ** , sin( exp( where( < == sum(".split()),
    *(b"function: optimizers: adam lr: {} [] : - ! & * | > ~ null .nan 1/0 \\u202e".split()),
    *(b"\x00", b"\xff", b"\n", b"  ", b"\xe2\x80\xae"),
    *(b"GIF89a", b"\x89PNG\r\n", b"RIFF", b"WEBP", b"ftyp", b"PK\x03\x04"),
]


def _formula(raw: bytes) -> None:
    compile_formula(raw.decode("utf-8", "replace"))


def _loader(raw: bytes) -> None:
    optviz.loads(decode(raw, "x"))


def _show(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".gif", ".png", ".webp", ".svg", ".json", ".npz", ".mp4", ".html"):
            path = Path(folder) / f"x{suffix}"
            path.write_bytes(raw)
            try:
                read_metadata(path)
            except OptvizError as error:
                _see(error)


READERS: dict[str, tuple[Callable[[bytes], None], str]] = {  # what reads, and which of the cases begin the corpus
    "formula": (_formula, "formula-"),
    "loader": (_loader, ""),
    "show": (_show, "show-"),
}


def _see(error: OptvizError) -> None:
    for issue in error.issues:
        if not all(line.isprintable() for line in str(issue).splitlines()):
            raise AssertionError(f"unprintable: {issue!r}")


class Lines:
    """The lines of optviz that ran; each code object is traced until nothing of it is new."""

    def __init__(self) -> None:
        self.seen: set[tuple[CodeType, int]] = set()

    def __call__(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if event == "call":
            return self if frame.f_code.co_filename.startswith(str(ROOT)) else None
        self.seen.add((frame.f_code, frame.f_lineno))
        return self


def mutated(corpus: list[bytes], dice: random.Random) -> bytes:
    """Return an input of the corpus with a few pieces changed, or two of them joined."""
    raw = bytearray(dice.choice(corpus))
    for _ in range(dice.choice([1, 1, 2, 4, 8])):
        at = dice.randrange(len(raw) + 1)
        end = min(len(raw), at + dice.choice([0, 0, 1, 2, 8, 40]))
        other = dice.choice(corpus)
        cut = dice.randrange(len(other) + 1)
        raw[at:end] = dice.choice([dice.choice(PIECES), bytes([dice.randrange(256)]), other[cut : cut + 30], b""])
    return bytes(raw[:MOST_BYTES])


def search(name: str, count: int, seed: int = 1) -> tuple[int, dict[str, bytes]]:
    """Try that many inputs; return how many the corpus holds then, and an input for each kind of fault."""
    read, begins = READERS[name]
    corpus = [path.read_bytes()[:MOST_BYTES] for path in sorted(CASES.iterdir()) if path.name.startswith(begins)]
    begun, dice, lines, faults = len(corpus), random.Random(seed), Lines(), {}
    for tried in range(count):
        raw = corpus[tried] if tried < begun else mutated(corpus, dice)
        known = len(lines.seen)
        sys.settrace(lines)
        try:
            read(raw)
        except OptvizError as error:
            try:
                _see(error)
            except AssertionError as unseen:
                faults.setdefault(str(unseen), raw)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            faults.setdefault(f"{type(error).__name__} at {place.filename}:{place.lineno}: {error}"[:300], raw)
        finally:
            sys.settrace(None)
        if len(lines.seen) > known and tried >= begun:
            corpus.append(raw)
    return len(corpus), faults


def main() -> None:
    """Search one reader, or all, and print what was found."""
    names = list(READERS) if sys.argv[1] == "all" else [sys.argv[1]]
    for name in names:
        kept, faults = search(name, *map(int, sys.argv[2:]))
        print(f"{name}: {kept} inputs in the corpus, {len(faults)} kinds of faults", flush=True)
        for said, raw in faults.items():
            print(f"  {said}\n    {raw!r}", flush=True)


if __name__ == "__main__":
    main()
