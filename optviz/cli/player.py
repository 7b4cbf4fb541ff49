"""Plays a race in the terminal: ``optviz race FILE --show``."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from optviz.errors import Issue, OptvizError

if TYPE_CHECKING:
    from optviz.cli.tty import Tty, Way
    from optviz.frames import Box, DrawnFilm
    from optviz.output.terminal import Grid, Painter
    from optviz.pipeline.race import Race

MOST_PX = {"kitty": (960, 540), "kitty in tmux": (960, 540), "sixel": (640, 360), "blocks": (480, 270)}
LEAST_FPS = 15  # shown, even where the film then takes longer
QUIT_KEYS = (b"q", b"Q", b"\x1b", b"\x04")  # the last: Ctrl-D


def refuse_no_terminal() -> None:
    """Raise OptvizError where no film can be shown."""
    if sys.platform == "win32":
        raise OptvizError(Issue("works on Linux and macOS", hint="--open opens the film in a viewer", where="--show"))
    if not sys.stdout.isatty():
        raise OptvizError(Issue("standard output is no terminal", hint="-o writes the film to a file", where="--show"))
    if os.environ.get("TERM", "dumb") == "dumb":
        hint = "-o writes the film to a file"
        raise OptvizError(Issue("this terminal draws nothing (TERM is dumb)", hint=hint, where="--show"))


def show(race: Race) -> None:
    """Play the race once on the terminal's other screen; q ends it. Everything is as before at the end."""
    from optviz.cli.tty import asked_of_tmux, is_tmux, terminal, way_of

    sys.stdout.flush()
    with terminal(sys.stdout.fileno()) as tty:
        answers = tty.ask()
        way = way_of(answers, asked_of_tmux() if is_tmux(answers) else "")
        film = film_for(race, way, tty.grid)
        painter = painter_for(film, way, tty.grid)
        with tty.screen():
            try:
                play(film, painter, tty)
            finally:
                tty.write_film(painter.erase())


def film_for(race: Race, way: Way, grid: Grid) -> DrawnFilm:
    """Draw the film as large as the terminal's screen, up to MOST_PX."""
    from optviz.pipeline.budget import even_side
    from optviz.pipeline.files import draw

    render = race.scenario.render
    rooms = [MOST_PX[way]] if way == "blocks" else [MOST_PX[way], grid.size]
    scale = min(room[axis] / render.size[axis] for room in rooms for axis in (0, 1))
    size = tuple(even_side(side * scale) for side in render.size)
    changes = {"size": size, "text": render.text or "large"}
    return draw(race.scenario.model_copy(update={"render": render.model_copy(update=changes)}), race.result)


def painter_for(film: DrawnFilm, way: Way, grid: Grid) -> Painter:
    """Return what draws the film's pictures in that way."""
    columns, rows = grid.cells_of(film.width, film.height)
    if way == "sixel":
        from optviz.output.terminal.sixel import SixelPainter

        return SixelPainter(film.height, film.width, film.samples())
    if way == "blocks":
        from optviz.output.terminal.blocks import BlockPainter

        return BlockPainter(columns, rows, true_colours=os.environ.get("COLORTERM") in ("truecolor", "24bit"))
    from optviz.output.terminal.kitty import KittyPainter

    return KittyPainter(columns, rows, through_tmux=way == "kitty in tmux")


def play(film: DrawnFilm, painter: Painter, tty: Tty) -> int:
    """Show the film at its pace, then hold the last picture; return how many pictures were shown.

    A picture that is late is left out, as long as LEAST_FPS of them are shown in a second.
    """
    from optviz.cli.tty import SYNCHRONISED

    began = painted = time.monotonic()
    boxes: list[Box] = []
    shown = 0
    for number, frame in enumerate(film.draw(), start=1):
        boxes += frame.boxes
        due, now = began + number / film.fps, time.monotonic()
        if now > due and now - painted < 1 / LEAST_FPS and number < film.frames:
            continue
        tty.write_film(SYNCHRONISED[0] + painter.paint(frame.pixels, boxes) + SYNCHRONISED[1])
        boxes, painted, shown = [], now, shown + 1
        if tty.key(due - time.monotonic()) in QUIT_KEYS:
            return shown
    end = time.monotonic() + film.hold
    while (left := end - time.monotonic()) > 0 and tty.key(left) not in QUIT_KEYS:
        pass
    return shown
