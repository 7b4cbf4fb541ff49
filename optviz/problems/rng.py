"""One seed, many independent streams: whoever draws more never shifts what the others draw."""

from __future__ import annotations

import numpy as np

# Which stream belongs to whom; a number once given stays, so that a seed keeps meaning the same race.
GRADIENT_NOISE = 1
DATA_SET = 2
FIRST_WEIGHTS = 3
BATCH_ORDER = 4

_ABOVE_POSITIVE_SEEDS = 2**64  # where negative seeds go, since NumPy takes none


def generator(stream: int, seed: int, *numbers: int) -> np.random.Generator:
    """The random numbers of one stream of one seed; ``numbers`` (none negative) tell further streams apart."""
    return np.random.default_rng([stream, seed if seed >= 0 else _ABOVE_POSITIVE_SEEDS - seed, *numbers])
