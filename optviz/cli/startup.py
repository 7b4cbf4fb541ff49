"""Tunes the process that runs a command, once, before anything heavy is imported."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from importlib import import_module

from optviz.cli.spelled import use_spellings

GC_THRESHOLD = 100_000  # allocations between two collections; Python's default costs a race 5 % of its time


def tune_startup() -> None:
    """Skip plugin discovery, BLAS threads and frequent garbage collection.

    A short-lived process does without. Warnings of libraries are shown only where Python is told to:
    they concern its programmers.
    """
    if not sys.warnoptions:
        sys.warnoptions.append("ignore")  # worker processes inherit it
        warnings.simplefilter("ignore")
    os.environ.pop("MPLBACKEND", None)  # a film needs none, and a wrong one ends Matplotlib's import
    use_spellings()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="spelled")  # a character that the terminal lacks must not end the program
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # searching for plugins takes longer than a check
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices are small here; starting threads for them is not
    gc.set_threshold(GC_THRESHOLD)


def import_matplotlib() -> None:
    """Import Matplotlib without the tables of properties in its docstrings: a quarter of that import's time.

    For a program that draws and ends; in a Python session they would be missed by ``help``.
    """
    gc.freeze()  # what is there stays: a collection while more comes would take as long as many imports
    import_module("optviz.picture")  # first: it keeps Matplotlib's log off the terminal
    import matplotlib.artist

    kwdoc = matplotlib.artist.kwdoc
    matplotlib.artist.kwdoc = lambda artist: ""
    try:
        import matplotlib.figure
    finally:
        matplotlib.artist.kwdoc = kwdoc
    gc.freeze()
