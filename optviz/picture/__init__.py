"""Draws races. The only room that imports matplotlib, and that only when a film is asked for."""

from __future__ import annotations


def import_without_documents() -> None:
    """Import Matplotlib but for the documents that it writes for each of its classes, a fifth of its import's time.

    For a program that draws and ends. Anybody else would miss them in ``help``.
    """
    import matplotlib.artist

    write = matplotlib.artist.kwdoc
    matplotlib.artist.kwdoc = lambda artist: ""
    try:
        import matplotlib.figure
    finally:
        matplotlib.artist.kwdoc = write
