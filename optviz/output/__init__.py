"""Writes films and numbers to files: the suffix picks the format, a file appears whole or not at all.

One more format is one module and one row of FORMATS. Nothing heavy is imported before a file is written or read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.frames import Film, Frame, StillRequest
from optviz.output.atomic import atomic_write, bytes_at, is_numbered, naming_path_in_errors

if TYPE_CHECKING:
    from optviz.engine.export import DataExport
    from optviz.output.html import Page

Kind = Literal["animation", "still", "page", "data"]
Progress = Callable[[int, int], None]  # frames done, frames in all

JUDGED_FROM = 0.25  # share of a film that must be written before its size is judged
MADE_WITH = "Made with optviz "  # then the version: the end of files that hold no scenario


class TooLargeError(OptvizError):
    """An animation has more bytes than its limit; ``size`` is the estimate for the whole of it."""

    def __init__(self, path: Path, size: int) -> None:
        super().__init__(Issue(f"about {size} bytes, more than allowed", where=str(path)))
        self.size = size


class Writer(Protocol):
    """Writes one animation: is given every frame, then finished, and closed in any case."""

    def add(self, frame: Frame) -> None: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Format:
    """All that the rest of the program knows about a suffix. ``writer`` and ``reader`` are "module:name" in here.

    The writer of an animation is called as ``writer(path, film)`` and returns a Writer, that of a still as
    ``writer(path, film, request)``, that of a page as ``writer(path, page)``, that of data as ``writer(path, export)``.
    """

    name: str
    kind: Kind
    writer: str
    reader: str = ""  # called as ``reader(path)``, returns the file's Metadata; none for data
    mark: bytes = b""  # a pattern in the first or last bytes of data that was written here
    seconds_per_key: float = inf  # longest time between two whole pictures, from which a player can start

    @property
    def module(self) -> str:
        """The name of the module that writes it."""
        return f"{__name__}.{self.writer.partition(':')[0]}"

    def load(self, place: str) -> Callable[..., Any]:
        """Import what "module:name" stands for."""
        module, name = place.split(":")
        loaded: Callable[..., Any] = getattr(import_module(f"{__name__}.{module}"), name)
        return loaded


_SIGNED = MADE_WITH.encode() + rb"[0-9]\S*"
FORMATS: dict[str, Format] = {
    ".gif": Format("GIF", "animation", "gif:GifWriter", "gif:read_gif"),
    ".mp4": Format("MP4 (H.264)", "animation", "video:mp4", "video:read_video", seconds_per_key=4),
    ".webm": Format("WebM (VP9)", "animation", "video:webm", "video:read_video", seconds_per_key=4),
    ".webp": Format("WebP", "animation", "webp:WebpWriter", "webp:read_webp"),
    ".apng": Format("APNG", "animation", "apng:ApngWriter", "stills:read_png"),
    ".html": Format("HTML page to play with", "page", "html:write_html", "html:read_html"),
    ".png": Format("PNG still", "still", "stills:write_png", "stills:read_png"),
    ".svg": Format("SVG still", "still", "stills:write_svg", "stills:read_svg"),
    ".pdf": Format("PDF still", "still", "stills:write_pdf", "stills:read_pdf"),
    ".txt": Format("alt text", "data", "data:write_words", mark=rb"\n" + _SIGNED + rb"\n\Z"),
    ".json": Format("JSON", "data", "data:write_json", mark=rb'\A\s*\{\s*"optviz"\s*:\s*"'),
    ".csv": Format("CSV", "data", "data:write_csv", mark=rb"\Aracer,(step,x0,|trial,|row,|cell,|place,|function,)"),
    ".npz": Format("NumPy archive", "data", "data:write_npz", mark=_SIGNED + rb"\Z"),
}


# A path such as frames/%04d.png names a file for every frame, numbered from 0.
NUMBERED = Format("PNG of every frame", "animation", "numbered:NumberedWriter")


def format_of(path: Path | str) -> Format:
    """Return the format that a file's suffix names, in upper or lower case. Raises OptvizError for an unknown one."""
    if is_numbered(path):
        return NUMBERED
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        wrong = f"{path}: no format has the suffix {suffix!r}" if suffix else f"{path}: a suffix must name the format"
        raise OptvizError(f"{wrong}; {did_you_mean(suffix, FORMATS)}")
    return FORMATS[suffix]


def write_all(
    paths: Sequence[Path | str],
    *,
    film: Film | None = None,
    page: Page | None = None,
    export: DataExport | None = None,
    shot: StillRequest | None = None,
    progress: Progress | None = None,
    limit: int | None = None,
) -> None:
    """Write every path; for the arguments see ``written``."""
    with written(paths, film=film, page=page, export=export, shot=shot, progress=progress, limit=limit):
        pass


@contextmanager
def written(
    paths: Sequence[Path | str],
    *,
    film: Film | None = None,
    page: Page | None = None,
    export: DataExport | None = None,
    shot: StillRequest | None = None,
    progress: Progress | None = None,
    limit: int | None = None,
) -> Iterator[None]:
    """Write every path, drawing the film once for all animations.

    The files appear, all of them, where the block ends without an error; else none does.

    film: needed for animations and stills. page: for pages. export: for data. shot: what stills show. progress: told
    of every frame. Raises OutputError where the file system refuses, TooLargeError once an animation has more than
    ``limit`` bytes.
    """
    source = {"animation": film, "still": film, "page": page, "data": export}
    targets = [(Path(path), format_of(path)) for path in paths]
    for path, form in targets:
        if source[form.kind] is None:
            raise ValueError(f"{path}: nothing to make {form.kind} from")
    with ExitStack() as stack:
        opened = []
        for path, form in targets:
            whole = form.load("numbered:atomic_frames") if form is NUMBERED else atomic_write
            temporary = stack.enter_context(whole(path))
            with naming_path_in_errors(path):
                if form.kind == "animation":
                    writer = stack.enter_context(closing(form.load(form.writer)(temporary, film)))
                    opened.append(_Opened(path, temporary, writer))
                elif form.kind == "still":
                    form.load(form.writer)(temporary, film, shot or StillRequest())
                else:
                    form.load(form.writer)(temporary, source[form.kind])
        if opened and film:
            _feed(film, opened, progress, limit)
        yield


class _Opened(NamedTuple):
    path: Path
    temporary: Path
    writer: Writer

    def refuse_more_than(self, limit: int | None, share: float) -> None:
        """Raise TooLargeError once ``share`` of the film, at least JUDGED_FROM, has more than ``limit`` bytes."""
        if limit is None or share < JUDGED_FROM:
            return
        size = bytes_at(self.temporary)
        if size > limit:
            raise TooLargeError(self.path, round(size / share))


def _feed(film: Film, opened: Sequence[_Opened], progress: Progress | None, limit: int | None) -> None:
    """Pass every frame to every writer; each has copied what it needs before the next frame is drawn."""
    drawn = 0
    with closing(film.draw()) as frames:
        for drawn, frame in enumerate(frames, start=1):
            for one in opened:
                with naming_path_in_errors(one.path):
                    one.writer.add(frame)
                    one.refuse_more_than(limit, drawn / film.frames)
            if progress is not None:
                progress(drawn, film.frames)
    if drawn != film.frames:
        raise RuntimeError(f"the film promised {film.frames} frames, drew {drawn}")
    for one in opened:
        with naming_path_in_errors(one.path):
            one.writer.finish()
            one.refuse_more_than(limit, 1)
