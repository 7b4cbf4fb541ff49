"""Decides what every frame of a film shows: motion, captions, pauses, and how the end comes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ahead = NDArray[np.float64] | None

    from optviz.scenario.render import Render

EASE_S = 0.5  # over which the end comes
FOLD_S, FOLD_SHARE = 0.4, 0.2  # over which a step that was taken apart goes again, and at most of its time
OPEN_SHARE, BUILT_SHARE = 0.08, 0.72  # of its time before that: until all has opened, until all parts have come


@dataclass(frozen=True)
class FrameState:
    """What a frame shows."""

    step: int  # the last step taken
    frame: int | None = None  # of motion, counted from 0; None for a still that belongs to no film
    caption: str = ""  # words under the view
    prompt: str = ""  # words that ask while the film stands still
    podium: float = 0.0  # how far the end has come, 0 to 1: the race is over
    ahead: float = 0.0  # part of the way to the next step that the heads have gone
    apart: float = 0.0  # how far the step is taken apart: up to 1 part after part comes, up to 2 all goes again

    @property
    def opened(self) -> float:
        """How far what takes the step apart has opened, 0 to 1, eased."""
        return eased_share(self.apart / OPEN_SHARE if self.apart <= 1 else 2 - self.apart)

    def part(self, number: int, count: int) -> float:
        """Return how far the part of that number, from 0, of ``count`` has come, 0 to 1, eased."""
        each = (BUILT_SHARE - OPEN_SHARE) / count
        return eased_share((self.apart - OPEN_SHARE - number * each) / each)


def frame_states(steps: NDArray[np.int64], render: Render, ahead: Ahead = None) -> list[FrameState]:
    """Return what each frame shows: the frames of motion at ``steps`` (frames,), each followed by those that take its
    step apart and those of the pause at it, and those over which the end comes.

    ahead: (frames,) how far the heads have gone to the next step; None: nowhere.
    """
    pauses, taken_apart = {one.at: one for one in render.pauses}, {one.at: one for one in render.anatomy}
    beyond = [0.0] * len(steps) if ahead is None else ahead.tolist()
    states: list[FrameState] = []
    for frame, step in enumerate(steps.tolist()):
        moving = FrameState(step, frame, caption_at(step, render), ahead=beyond[frame])
        states.append(moving)
        # at the first frame that shows its step
        pause, anatomy = pauses.pop(step, None), taken_apart.pop(step, None)
        standing = moving if pause is None else replace(moving, prompt=pause.text)
        coming, going = _taken_apart(
            standing, 0 if anatomy is None else round(anatomy.seconds * render.fps), render.fps
        )
        held = [coming[-1] if coming else standing] * (0 if pause is None else round(pause.seconds * render.fps))
        states += [*coming, *held, *going]
    count = end_frames(render)
    shares = [(number + 1) / count for number in range(count)]
    return states + [FrameState(states[-1].step, states[-1].frame, podium=eased_share(share)) for share in shares]


def _taken_apart(standing: FrameState, frames: int, fps: int) -> tuple[list[FrameState], list[FrameState]]:
    """Return the frames in which the parts of a step come, the last with all of them, and those in which they go."""
    going = min(round(FOLD_S * fps), int(FOLD_SHARE * frames))
    coming = frames - going
    comes = [replace(standing, apart=(number + 1) / coming) for number in range(coming)]
    return comes, [replace(standing, apart=1 + (number + 1) / (going + 1)) for number in range(going)]


def eased_share(share: float) -> float:
    """Return a share from 0 to 1 that begins and ends slowly; what lies beyond is put on the nearer end."""
    kept = min(max(share, 0.0), 1.0)
    return kept * kept * (3 - 2 * kept)


def end_frames(render: Render) -> int:
    """Return over how many frames of the hold the end comes; 0 where nothing is held."""
    return min(max(1, round(EASE_S * render.fps)), int(render.hold * render.fps + 1e-9))


def caption_at(step: int, render: Render) -> str:
    """Return the last caption whose step has come, or an empty text where there is none or it has ended."""
    due = [caption for caption in render.written if caption.at <= step]
    last = max(due, key=lambda caption: caption.at, default=None)
    return last.text if last and (last.until is None or step < last.until) else ""
