"""What keys, words, functions and suffixes are called elsewhere, and the hints that say so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

from optviz.errors import OptvizError, did_you_mean, legible
from optviz.formula import evaluate

# Keys by the part of a scenario that they belong to, and their names elsewhere.
KEYS = {
    "": {
        "finish": "target tol tolerance threshold",
        "function": "fn func loss_function objective problem",
        "optimizers": "optims racers solvers",
        "output": "file filename path save savefig",
        "render": "animation display figure plot video",
        "seed": "random_seed random_state rng",
        "start": "init initial initial_point starting_point start_point x0",
        "steps": "epochs iter iters iterations max_iter max_steps maxiter n_iter n_steps niter num_steps",
        "stop": "early_stopping patience",
        "title": "caption description heading",
    },
    "function": {
        "constants": "args parameters params",
        "formula": "equation expr expression f",
        "minima": "minimum optima optimum",
        "window": "bounds extent limits range xlim ylim",
    },
    "network": {"batch": "batch_size", "layers": "hidden units"},
    "noise": {"std": "amplitude level scale sigma stddev", "relative_std": "multiplicative proportional relative"},
    "finish": {"gap": "eps tol tolerance", "distance": "radius"},
    "stop": {"inside": "after count patience"},
    "render": {
        "fps": "frame_rate framerate interval",
        "frames": "duration n_frames num_frames",
        "levels": "contours log scale",
        "size": "dpi figsize height resolution width",
        "text": "font_size fontsize text_size",
        "theme": "background cmap colormap colors colours palette style",
        "view": "kind projection",
    },
    "render.captions": {"at": "from start step when", "text": "caption words", "until": "end to"},
    "render.pauses": {"at": "step t when", "seconds": "duration hold length", "text": "caption"},
    "starts": {"grid": "side", "points": "at", "random": "count n num number samples"},
}

BELOW = ("function", "network", "noise", "finish", "stop", "render")  # parts whose keys people write at the top

WORDS = {
    "surface": "3d 3-d",
    "map": "2d contour contourf contours heatmap",
    "curve": "1d line",
    "light": "default white",
    "dark": "black night",
    "en": "english en-gb en-us",
    "de": "german deutsch de-de",
    "es": "spanish espanol español",
    "fr": "french francais français",
}

UNITS = "s|ms|sec|seconds|fps|frames|steps|times|px|pt|%"
OPERATORS = str.maketrans(
    {"^": "**", "\N{MINUS SIGN}": "-", "×": "*", "·": "*", "÷": "/", "½": "1/2", "¼": "1/4", "π": "pi"}
)

FUNCTIONS = {"rosenbrock": "banana valley", "sphere": "bowl parabola paraboloid quadratic"}

SUFFIXES = {
    ".png": "bmp jpeg jpg tif tiff",
    ".pdf": "emf eps ps",
    ".mp4": "avi flv m4v mkv mov mpeg mpg ogv",
    ".html": "htm",
    ".csv": "dat ods tsv xls xlsx",
    ".npz": "h5 hdf5 mat npy parquet pickle pkl",
    ".txt": "log md tex",
}


def key_hint(key: str, at: str) -> str:
    """Return a hint to what an unknown key of the part ``at`` is called in it, or elsewhere; or nothing."""
    for home in (at, "") if at else ("", *BELOW):
        if ours := _ours(key, KEYS.get(home, {})):
            return f"it is called {ours} here" if home == at else f"write {f'{home}.{ours}'.lstrip('.')} instead"
    return ""


def word_hint(word: str, allowed: Iterable[str]) -> str:
    """Return a hint to the allowed word that is meant; nothing where none is near."""
    ours, known = _ours(word, WORDS), list(allowed)
    if ours in known:
        return f"did you mean {ours}?"
    near = did_you_mean(word, known)
    return near if near.endswith("?") else ""


def function_hint(name: str, allowed: Iterable[str]) -> str:
    """Return a hint to the function that is meant, or all of them."""
    ours = _ours(name, FUNCTIONS)
    return f"it is called {ours} here" if ours else did_you_mean(name, allowed)


def suffix_hint(suffix: str, allowed: Iterable[str]) -> str:
    """Return a hint to the format that does for one that is not written, or to the nearest suffix."""
    ours = _ours(suffix.lstrip("."), SUFFIXES)
    return f"did you mean {ours}?" if ours else did_you_mean(suffix, allowed)


def number_hint(value: object) -> str:
    """Return what to write for a text that is a number in quotes, one with a unit, or arithmetic spelled otherwise."""
    if not isinstance(value, str):
        return ""
    if number := re.fullmatch(rf"([-+]?[\d.]+(?:e[-+]?\d+)?) *({UNITS})?", value):
        return f"write {legible(number[1])} without {'its unit' if number[2] else 'quotes'}"
    if re.fullmatch(r"\d{1,3}([_, ']\d{3})+", value):
        return f"write {re.sub('[^0-9]', '', value)}"
    plain = value.strip().translate(OPERATORS)
    with suppress(OptvizError):
        evaluate(plain)
        return f"write {legible(plain)}" if plain != value.strip() else ""
    return ""


def _ours(word: str, names: dict[str, str]) -> str:
    return next((ours for ours, theirs in names.items() if word.lower() in theirs.split()), "")
