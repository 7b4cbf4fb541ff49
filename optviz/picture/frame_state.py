"""Decides what every frame of a film shows: motion, captions, pauses, and how the end comes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ahead = NDArray[np.float64] | None

    from optviz.scenario.models import Render

EASE_S = 0.5  # over which the end comes


@dataclass(frozen=True)
class FrameState:
    """What a frame shows."""

    step: int  # the last step taken
    frame: int | None = None  # of motion, counted from 0; None for a still that belongs to no film
    caption: str = ""  # words under the view
    prompt: str = ""  # words that ask while the film stands still
    podium: float = 0.0  # how far the end has come, 0 to 1: the race is over
    ahead: float = 0.0  # part of the way to the next step that the heads have gone


def frame_states(steps: NDArray[np.int64], render: Render, ahead: Ahead = None) -> list[FrameState]:
    """Return what each frame shows: the frames of motion at ``steps`` (frames,), each followed by the frames of the
    pause at its step, and those over which the end comes.

    ahead: (frames,) how far the heads have gone to the next step; None: nowhere.
    """
    pauses = {pause.at: pause for pause in render.pauses}
    beyond = [0.0] * len(steps) if ahead is None else ahead.tolist()
    states: list[FrameState] = []
    for frame, step in enumerate(steps.tolist()):
        moving = FrameState(step, frame, caption_at(step, render), ahead=beyond[frame])
        states.append(moving)
        if pause := pauses.pop(step, None):  # at the first frame that shows its step
            states += [replace(moving, prompt=pause.text)] * round(pause.seconds * render.fps)
    count = end_frames(render)
    shares = [(number + 1) / count for number in range(count)]
    return states + [FrameState(states[-1].step, states[-1].frame, podium=t * t * (3 - 2 * t)) for t in shares]


def end_frames(render: Render) -> int:
    """Return over how many frames of the hold the end comes; 0 where nothing is held."""
    return min(max(1, round(EASE_S * render.fps)), int(render.hold * render.fps + 1e-9))


def caption_at(step: int, render: Render) -> str:
    """Return the last caption whose step has come, or an empty text where there is none or it has ended."""
    due = [caption for caption in render.captions if caption.at <= step]
    last = max(due, key=lambda caption: caption.at, default=None)
    return last.text if last and (last.until is None or step < last.until) else ""
