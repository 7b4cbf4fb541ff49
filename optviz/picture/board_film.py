"""A film whose frames are drawn from one board: that of a race, or of a comparison."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matplotlib.figure import Figure

from optviz.frames import DrawnFilm, Frame, PagePlan, Pixels
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.board import Board
from optviz.picture.machine.style import own_style


@dataclass(frozen=True, kw_only=True)
class BoardFilm(DrawnFilm):
    """An animation drawn from one board; its own are ``key_steps`` and what it shows after a step."""

    board: Board
    shown: list[FrameState]  # what each frame shows

    @abstractmethod
    def state_at(self, step: int) -> FrameState:
        """Return what is shown after ``step``, which may be between two frames."""

    def draw(self) -> Generator[Frame, None, None]:
        """Yield every frame, from a clean board."""
        with own_style():
            yield from self.board.film(self.shown)

    def part(self, first: int, end: int) -> Iterator[Frame]:
        """Yield the frames from number ``first`` up to ``end`` (excluded), from a clean board."""
        with own_style():
            yield from self.board.film(self.shown[first:end])

    @own_style()
    def samples(self) -> list[Pixels]:
        """Draw the frames that tell most: the first, the middle one, the end of motion, the last."""
        numbers = sorted({0, self.frames // 2, max(self.frames - 2, 0), self.frames - 1})
        return self.board.stills([self.shown[number] for number in numbers])

    @own_style()
    def still(self, step: int | None) -> Pixels:
        """Draw the picture after ``step``, or with None the last frame."""
        return self.board.still(self.shown[-1] if step is None else self.state_at(step))

    @own_style()
    def alone(self, step: int | None) -> Pixels:
        """Draw the same picture as one that belongs to no film: names stand where they are best for it."""
        moment = self.shown[-1] if step is None else self.state_at(step)
        return self.board.still(replace(moment, frame=None))

    @own_style()
    def figure(self, step: int | None) -> Figure:
        """Return the picture after ``step``, or the last frame, as Matplotlib's figure; the film is spent then."""
        return self.board.figure(self.shown[-1] if step is None else self.state_at(step))

    @own_style()
    def save_vector(self, path: Path, form: str, step: int | None, *, letters: bool = False) -> None:
        """Write the picture after ``step``, or the last frame, as svg or pdf."""
        moment = self.shown[-1] if step is None else self.state_at(step)
        self.board.save_vector(path, form, moment, letters=letters)

    @own_style()
    def save_sheet(self, path: Path, steps: Sequence[int], page: PagePlan) -> None:
        """Write the pictures after ``steps`` as vectors on one page of a PDF."""
        from optviz.picture.machine.printed import save_sheet

        save_sheet(path, self.board, [self.state_at(step) for step in steps], page)
