"""What every frame of a film shows: motion, captions, pauses, and the podium at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from optviz.picture.machine.board import Moment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from optviz.scenario.models import Render


def moments(steps: NDArray[np.int64], render: Render, has_podium: bool) -> list[Moment]:
    """One moment a frame, each lasting 1 / fps: the frames of motion at ``steps`` (frames,), the frames of every
    pause after the first that has reached its step, and one of the podium when there is one.
    """
    shown = list(_played(steps, render))
    last = shown[-1]
    return [*shown, Moment(last.step, last.frame, podium=True)] if has_podium else shown


def _played(steps: NDArray[np.int64], render: Render) -> Iterator[Moment]:
    waiting = sorted(render.pauses, key=lambda pause: pause.at)
    for frame, step in enumerate(steps.tolist()):
        caption = caption_at(step, render)
        yield Moment(step, frame, caption)
        while waiting and waiting[0].at <= step:
            pause = waiting.pop(0)
            for _ in range(round(pause.seconds * render.fps)):
                yield Moment(step, frame, caption, prompt=pause.text or "")


def caption_at(step: int, render: Render) -> str:
    """The last caption whose step has come, or none."""
    due = [caption for caption in render.captions if caption.at <= step]
    return max(due, key=lambda caption: caption.at).text if due else ""
