"""Encodes runs of equal pixels by GIF's LZW: the cost follows the number of runs, not that of pixels.

A patch is often a few hundred changed pixels among transparent ones. An ordinary coder handles every pixel; this one
skips along a run in as many steps as it emits codes. It is kept next to Pillow's coder, which is faster for dense
patches, because films of thin lines live on it: it encodes 119 of the 200 frames of configs/post/adamax-1d.yaml and
halves that film's CPU time (of the default race's 241 frames it encodes 2).
Algorithm: T. Welch, A technique for high-performance data compression, Computer 17(6), 1984.
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
FULL = 4096  # words in a full table: a code has at most twelve bits

# Bits of the k-th code after a clear: by then k words were learnt, the newest of them FIRST_FREE + k - 1.
_WIDTHS = np.array([min(12, (FIRST_FREE + k - 1).bit_length()) for k in range(FULL)], dtype=np.uint8)
_BITS = np.arange(12, dtype=np.uint16)


def encode(runs: Iterable[tuple[int, int]]) -> bytes:
    """Encode ``runs`` (pixel, how many of it; neighbours differ); the bytes are not yet cut into sub-blocks."""
    segments = _codes(runs)
    codes = np.concatenate([np.array(segment, dtype=np.uint16) for segment in segments])
    widths = np.concatenate([_widths(segment, first=k == 0) for k, segment in enumerate(segments)])
    bits = (codes[:, None] >> _BITS & 1).astype(np.uint8)
    return np.packbits(bits[widths[:, None] > _BITS], bitorder="little").tobytes()


def _widths(segment: list[int], first: bool) -> NDArray[np.uint8]:
    """Return the bits of a clear code and of those after it; every clear code but the first ends a full table."""
    clear = _WIDTHS[:1] if first else _WIDTHS[-1:]
    return np.concatenate([clear, _WIDTHS[: len(segment) - 1]])


def _codes(runs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the codes to emit, one list for each filling of the table, a clear code first."""
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
        chain = chains.setdefault(pixel, [pixel])  # the next word begins in this run
        while left > len(chain):
            if free == FULL:
                segments.append([*codes, chain[-1]])
                left -= len(chain)
                codes, longer, chain, free = [CLEAR], {}, [pixel], FIRST_FREE
                chains = {pixel: chain}
            else:
                left, free = _skip(left, free, chain, codes)
        word = chain[left - 1]
    return [*segments, [*codes, word, END]]


def _skip(left: int, free: int, chain: list[int], codes: list[int]) -> tuple[int, int]:
    """Emit words of one pixel, each one pixel longer than the one before, until ``left`` is no longer than the next.

    Each code but the first names the word that the code before it has taught. Returns the new ``left`` and ``free``.
    """
    length = len(chain)  # the least number of words with (words + 1) * length + words * (words + 1) / 2 >= left
    double = 2 * length + 1
    words = (isqrt(double * double + 8 * (left - length)) - double) // 2
    if (words + 1) * length + words * (words + 1) // 2 < left:
        words += 1
    words = min(words, FULL - free)
    codes.append(chain[-1])
    codes.extend(range(free, free + words - 1))
    chain.extend(range(free, free + words))
    return left - words * length - words * (words - 1) // 2, free + words
