"""How a race is drawn. The only room that imports matplotlib, and that only when a film is asked for."""

from __future__ import annotations

# What draws each, as "module:name" inside this package, imported when a scenario asks for it: a view is called as
# ``view(scene, rect)``, a panel is a Panel.
VIEWS = {
    "curve": "views.curve:CurveView",
    "map": "views.map:MapView",
    "surface": "views.surface:surface_view",
    "time": "views.time:TimeView",
    "network": "views.network:network_view",
}
PANELS = {
    "loss": "panels.loss:LOSS",
    "distance": "panels.distance:DISTANCE",
    "gradient": "panels.gradient:GRADIENT",
    "effective_lr": "panels.effective_lr:EFFECTIVE_LR",
    "state": "panels.state:STATE",
    "regret": "panels.regret:REGRET",
    "ranking": "panels.ranking:RANKING",
    "rates": "panels.rates:RATES",
}
THEMES = ("light", "dark", "paper")


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
