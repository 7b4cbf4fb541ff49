"""Films and numbers into files: the suffix picks the format, the file appears whole or not at all.

Nothing heavy is imported before a file is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.frames import DrawnFilm, Film, Frame, StillRequest
from optviz.lazily import imported
from optviz.output.atomic import blaming, replacing
from optviz.output.boxes import merge

if TYPE_CHECKING:
    from optviz.engine.export import Export

Kind = Literal["animation", "still", "data"]
ENOUGH = 0.25  # of a film, to see how large it will be
Progress = Callable[[int, int], None]  # frames done, frames in all


class TooLargeError(OptvizError):
    """An animation has more bytes than it may have; ``size`` is what it would have had, as far as can be seen."""

    def __init__(self, path: Path, size: int) -> None:
        super().__init__(Issue(f"about {size} bytes, more than allowed", where=str(path)))
        self.size = size


class Writer(Protocol):
    """An animation being written: given every frame, finished, and closed in any case."""

    def add(self, frame: Frame) -> None: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Format:
    """What a suffix means. ``writer`` is "module:name" inside this package.

    An animation's is called as ``writer(path, film)`` and gives a Writer, a still's as ``writer(path, film, shot)``,
    that of data as ``writer(path, export)``.
    """

    name: str
    kind: Kind
    writer: str

    def load(self) -> Callable[..., Any]:
        """The writer, imported now."""
        loaded: Callable[..., Any] = imported(__name__, self.writer)
        return loaded


FORMATS: dict[str, Format] = {
    ".gif": Format("GIF", "animation", "gif:GifWriter"),
    ".mp4": Format("MP4 (H.264)", "animation", "video:mp4"),
    ".webm": Format("WebM (VP9)", "animation", "video:webm"),
    ".webp": Format("WebP", "animation", "webp:WebpWriter"),
    ".apng": Format("APNG", "animation", "apng:ApngWriter"),
    ".html": Format("HTML page with a player", "animation", "html:PageWriter"),
    ".png": Format("PNG still", "still", "stills:write_png"),
    ".svg": Format("SVG still", "still", "stills:write_svg"),
    ".pdf": Format("PDF still", "still", "stills:write_pdf"),
    ".txt": Format("alt text", "data", "data:write_words"),
    ".json": Format("JSON", "data", "data:write_json"),
    ".csv": Format("CSV", "data", "data:write_csv"),
    ".npz": Format("NumPy archive", "data", "data:write_npz"),
}


def format_of(path: Path | str) -> Format:
    """The format that a file's suffix names, upper or lower case; OptvizError for an unknown one."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        wrong = f"{path}: no format has the suffix {suffix!r}" if suffix else f"{path}: a suffix must name the format"
        raise OptvizError(f"{wrong}; {did_you_mean(suffix, FORMATS)}")
    return FORMATS[suffix]


def write_all(
    paths: Sequence[Path | str],
    *,
    film: Film | None = None,
    export: Export | None = None,
    shot: StillRequest | None = None,
    progress: Progress | None = None,
    limit: int | None = None,
) -> None:
    """Write every path, drawing the film once for all animations. Either all files appear or none does.

    ``film`` is needed where a path asks for an animation or a still, ``export`` where one asks for data; ``shot``
    says what stills show. Raises OutputError where the file system refuses, TooLargeError as soon as an animation has
    more than ``limit`` bytes.
    """
    targets = [(Path(path), format_of(path)) for path in paths]
    animations = [(path, form) for path, form in targets if form.kind == "animation"]
    with ExitStack() as stack:
        for path, form in targets:
            if form.kind == "data":
                _write_data(path, stack.enter_context(replacing(path)), form, export)
            if form.kind == "still":
                _write_still(path, stack.enter_context(replacing(path)), form, film, shot or StillRequest())
        if animations:
            if film is None:
                raise ValueError("an animation needs a film")
            writers = [_open(stack, path, form, film) for path, form in animations]
            _feed(film, writers, progress, limit)


def _write_data(path: Path, temporary: Path, form: Format, export: Export | None) -> None:
    if export is None:
        raise ValueError("a data file needs an export")
    with blaming(path):
        form.load()(temporary, export)


def _write_still(path: Path, temporary: Path, form: Format, film: Film | None, shot: StillRequest) -> None:
    if not isinstance(film, DrawnFilm):
        raise ValueError("a still needs a film that can be drawn in parts")
    with blaming(path):
        form.load()(temporary, film, shot)


class _Opened(NamedTuple):
    path: Path
    temporary: Path
    writer: Writer

    def refuse_more_than(self, limit: int | None, share: float) -> None:
        """When ``share`` of the film is written; too early what the whole would have cannot be seen."""
        if limit is None or share < ENOUGH:
            return
        size = self.temporary.stat().st_size
        if size > limit:
            raise TooLargeError(self.path, round(size / share))


def _open(stack: ExitStack, path: Path, form: Format, film: Film) -> _Opened:
    temporary = stack.enter_context(replacing(path))
    make = form.load()
    with blaming(path):
        writer: Writer = make(temporary, film)
    return _Opened(path, temporary, stack.enter_context(closing(writer)))


def _feed(film: Film, opened: Sequence[_Opened], progress: Progress | None, limit: int | None) -> None:
    """Give every frame to every writer; each has taken what it needs before the next frame is drawn."""
    drawn = 0
    for drawn, frame in enumerate(film.draw(), start=1):
        lean = Frame(frame.pixels, merge(frame.boxes))
        for one in opened:
            with blaming(one.path):
                one.writer.add(lean)
                one.refuse_more_than(limit, drawn / film.frames)
        if progress is not None:
            progress(drawn, film.frames)
    if drawn != film.frames:
        raise RuntimeError(f"the film promised {film.frames} frames, drew {drawn}")
    for one in opened:
        with blaming(one.path):
            one.writer.finish()
            one.refuse_more_than(limit, 1)
