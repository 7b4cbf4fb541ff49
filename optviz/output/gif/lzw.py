"""GIF's LZW for pictures that are almost all one colour: the cost follows what changed, not the picture.

A film's frame is a few thousand changed pixels in a sea of transparent ones. An ordinary coder takes every
pixel of that sea in hand; this one is given runs of equal pixels and leaps over each in as many steps as it
emits codes. Algorithm: T. Welch, A technique for high-performance data compression, Computer 17(6), 1984.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt

import numpy as np
from numpy.typing import NDArray

CODE_SIZE = 8  # bits of a palette index
CLEAR = 1 << CODE_SIZE
END = CLEAR + 1
FIRST_FREE = CLEAR + 2
FULL = 4096  # a code has at most twelve bits

# How wide the k-th code after a clear is: by then k words were learnt, the newest of them FIRST_FREE + k - 1.
_WIDTHS = np.array([min(12, (FIRST_FREE + k - 1).bit_length()) for k in range(FULL)], dtype=np.uint8)
_BITS = np.arange(12, dtype=np.uint16)


def compress(runs: Iterable[tuple[int, int]]) -> bytes:
    """The bytes for ``runs`` (pixel, how many of it; neighbours differ), not yet cut into sub-blocks."""
    segments = _words(runs)
    codes = np.concatenate([np.array(segment, dtype=np.uint16) for segment in segments])
    widths = np.concatenate([_widths(segment, first=k == 0) for k, segment in enumerate(segments)])
    bits = (codes[:, None] >> _BITS & 1).astype(np.uint8)
    return np.packbits(bits[widths[:, None] > _BITS], bitorder="little").tobytes()


def _widths(segment: list[int], first: bool) -> NDArray[np.uint8]:
    """The widths of a clear code and those after it; clears but the first are as wide as a full table."""
    clear = _WIDTHS[:1] if first else _WIDTHS[-1:]
    return np.concatenate([clear, _WIDTHS[: len(segment) - 1]])


def _words(runs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The codes to emit, one list for each filling of the table, a clear code first."""
    segments: list[list[int]] = []
    codes: list[int] = []
    longer: dict[int, int] = {}  # (a word's code) << 8 | next pixel -> the code of the word with that pixel
    chains: dict[int, list[int]] = {}  # pixel -> the codes of the words made of 1, 2, 3 ... of it
    word, free = CLEAR, FIRST_FREE - 1  # what is matched so far; what the first clear "learns" is never met
    for pixel, count in runs:
        left = count
        while left and (found := longer.get(word << 8 | pixel)):
            word = found
            left -= 1
        if not left:
            continue
        codes.append(word)
        if free == FULL:
            segments.append(codes)
            codes, longer, chains, free = [CLEAR], {}, {}, FIRST_FREE
        else:
            longer[word << 8 | pixel] = free
            free += 1
        chain = chains.setdefault(pixel, [pixel])  # the next word begins in this run: leap
        while left > len(chain):
            if free == FULL:
                segments.append([*codes, chain[-1]])
                left -= len(chain)
                codes, longer, chain, free = [CLEAR], {}, [pixel], FIRST_FREE
                chains = {pixel: chain}
                continue
            leaps = min(_leaps(left, len(chain)), FULL - free)  # each emits the word that the one before has learnt
            left -= leaps * len(chain) + leaps * (leaps - 1) // 2
            codes.append(chain[-1])
            codes.extend(range(free, free + leaps - 1))
            chain.extend(range(free, free + leaps))
            free += leaps
        word = chain[left - 1]
    return [*segments, [*codes, word, END]]


def _leaps(left: int, length: int) -> int:
    """How many words, the first ``length`` long and each one longer, until what is left is no longer than the next."""
    double = 2 * length + 1
    leaps = (isqrt(double * double + 8 * (left - length)) - double) // 2
    return leaps if (leaps + 1) * length + leaps * (leaps + 1) // 2 >= left else leaps + 1
