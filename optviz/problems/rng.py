"""Make independent random streams of one seed: drawing more from one never shifts another."""

from __future__ import annotations

import numpy as np

# The streams. A number once given stays, so that a seed keeps meaning the same race.
GRADIENT_NOISE = 1
DATA_SET = 2
FIRST_WEIGHTS = 3
BATCH_ORDER = 4
STARTS = 5
RESAMPLES = 6
DIRECTIONS = 7

_FIRST_NEGATIVE_SEED = 2**64  # negative seeds follow the others, since NumPy takes none


def make_generator(stream: int, seed: int, *numbers: int) -> np.random.Generator:
    """Make the generator of one stream of one seed; ``numbers`` (none negative) tell further streams apart."""
    return np.random.default_rng([stream, seed if seed >= 0 else _FIRST_NEGATIVE_SEED - seed, *numbers])
