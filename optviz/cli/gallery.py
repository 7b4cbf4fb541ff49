"""``optviz gallery``: renders every scenario of a folder, or those that ship with optviz, and a page of them."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optviz.cli import completion
from optviz.cli import options as flags
from optviz.cli.console import errors_printed
from optviz.cli.options import RenderOptions, ScenarioOptions, taking
from optviz.cli.outputs import aim
from optviz.cli.render import render
from optviz.cli.scenarios import changes_of, inputs_of, load_all
from optviz.cli.study import Resume, Scheduler, workshop_of
from optviz.cli.terminal import say
from optviz.errors import Issue, OptvizError, did_you_mean

if TYPE_CHECKING:
    from optviz.cli.scenarios import Loaded
    from optviz.output.html.index import Entry

FOLDER = "outputs/gallery"
INDEX = "index.html"


Folder = Annotated[
    str | None,
    typer.Argument(metavar="FOLDER", help="Folder of scenario files (default: those that ship).", show_default=False),
]
Only = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Render this scenario only. May be repeated.", autocompletion=completion.shipped),
]
To = Annotated[
    str,
    typer.Option("--to", metavar="FOLDER", help="Write all files into this folder.", parser=flags.folder),
]


@dataclass(frozen=True, kw_only=True)
class GalleryOptions:
    """Every flag of ``optviz gallery``."""

    folder: Folder = None
    only: Only = None
    theme: flags.Theme = None
    size: flags.Size = None
    text: flags.TextSize = None
    fps: flags.Fps = None
    settings: flags.Settings = None
    allow_import: flags.AllowImport = False
    to: To = FOLDER
    preview: flags.Preview = False
    json: flags.Json = False
    quiet: flags.Quiet = False
    changed: flags.Changed = False
    jobs: flags.Jobs = None
    scheduler: Scheduler = None
    resume: Resume = None


@taking(GalleryOptions, without={"output": "--to FOLDER"})
def gallery(options: GalleryOptions) -> None:
    """Render the scenarios of a folder, or those that ship, and a page.

    Folders in FOLDER are searched too, and files stand as they do in there. The
    page, index.html, shows every picture with its scenario.

    \b
    optviz gallery talks --to films --changed
    optviz gallery
    optviz gallery talks --theme dark --set render.fps=30
    optviz gallery --only race --only post/adamax-1d --to films --jobs 2
    optviz gallery --scheduler tcp://10.0.0.1:8786 --resume outputs/renders
    """
    with errors_printed(as_json=options.json):
        folder, to = options.folder, os.path.expanduser(options.to)
        sources = _picked(_own(Path(folder)) if folder is not None else _shipped(), options.only or [])
        loaded, how = _read(options, sources), _how(options)
        if folder is not None:
            loaded, how = _placed(loaded, sources, to), replace(how, to=None)
        loaded = aim(loaded, how)
        page = _free_for_index(to, loaded)
        is_here = options.scheduler is None and options.resume is None
        failed = None
        try:
            render(loaded, how, None if is_here else workshop_of(options.scheduler, options.resume))
        except typer.Exit as error:  # others of them are rendered
            failed = error
        _write_index(page, folder or "Scenarios that ship with optviz", loaded)
        if not (options.quiet or options.json):
            say(str(page))
        if failed is not None:
            raise failed


def _read(options: GalleryOptions, sources: dict[str, str]) -> Loaded:
    """Read the scenarios with what the flags change."""
    names = ("theme", "size", "text", "fps", "settings")
    changed = ScenarioOptions(**{name: getattr(options, name) for name in names})
    return load_all(list(sources.values()), [*changes_of(changed)], options.allow_import)


def _how(options: GalleryOptions) -> RenderOptions:
    """Return the flags of all rendering that a gallery takes."""
    names = ("to", "preview", "json", "quiet", "changed", "jobs")
    return RenderOptions(**{name: getattr(options, name) for name in names})


def _shipped() -> dict[str, str]:
    """Return the scenarios that ship, by name: what each is loaded as."""
    from optviz.scenario.shipped import shipped_names

    return {name: name for name in shipped_names()}


def _own(folder: Path) -> dict[str, str]:
    """Return the scenarios of a folder and of folders in it, by name: the files. Raises OptvizError."""
    if not folder.is_dir():
        raise OptvizError(Issue("is no folder" if folder.exists() else "no such folder", where=str(folder)))
    sources: dict[str, str] = {}
    for path in sorted(path for suffix in completion.SUFFIXES for path in folder.rglob(f"*{suffix}")):
        own = path.relative_to(folder)
        name = own.with_suffix("").as_posix()
        if not any(part.startswith(".") for part in own.parts):
            sources[own.as_posix() if name in sources else name] = str(path)
    if not sources:
        raise OptvizError(Issue(f"holds no scenario, no {' and no '.join(completion.SUFFIXES)}", where=str(folder)))
    return sources


def _picked(sources: dict[str, str], only: list[str]) -> dict[str, str]:
    """Return the sources that ``--only`` names, or all. Raises OptvizError for other names."""
    unknown = [name for name in only if name not in sources]
    if unknown:
        hints = [did_you_mean(name, sources) for name in unknown]
        raise OptvizError(
            Issue("no such scenario", hint=hint, where=f"--only {name}")
            for name, hint in zip(unknown, hints, strict=True)
        )
    return {name: sources[name] for name in only or sources}


def _placed(loaded: Loaded, sources: dict[str, str], to: str) -> Loaded:
    """Return the scenarios with their outputs in the folder, each where its own file stands in its folder."""
    names = {source: name for name, source in sources.items()}
    placed: Loaded = {}
    for source, scenario in loaded.items():
        if isinstance(scenario, OptvizError):
            placed[source] = scenario
            continue
        beside = Path(to, names[source]).parent
        output = tuple(str(beside / Path(path).name) for path in scenario.output)
        placed[source] = scenario.model_copy(update={"output": output})
    return placed


def _free_for_index(to: str, loaded: Loaded) -> Path:
    """Return where the page is written. Raises OptvizError where another file stands or will stand."""
    from optviz.cli.scenarios import valid
    from optviz.output.paths import check_losses, check_outputs

    page = Path(to, INDEX)
    issues = [*check_outputs([str(page)]).values(), *check_losses([str(page)], inputs_of(loaded))]
    takers = [name for name, one in valid(loaded).items() if str(page) in one.output]
    issues += [Issue(f"{page} is the page of them all", hint="name another output", where=name) for name in takers]
    if issues:
        raise OptvizError(issues)
    return page


def _write_index(page: Path, title: str, loaded: Loaded) -> None:
    from optviz.output.atomic import atomic_write
    from optviz.output.html.index import index_text

    with atomic_write(page) as temporary:
        text = index_text(title, [_entry(name, one, page.parent) for name, one in loaded.items()])
        temporary.write_text(text, encoding="utf-8", newline="\n")


def _entry(name: str, scenario: object, folder: Path) -> Entry:
    """Return what the page says of a scenario that was loaded, or of its mistakes."""
    from optviz.output.html.index import Entry
    from optviz.scenario import Scenario

    if not isinstance(scenario, Scenario):
        return Entry(name, wrong=str(scenario))
    files = tuple(os.path.relpath(path, folder) for path in scenario.output if os.path.exists(path))
    wrong = "" if files else "its files could not be made"
    return Entry(name, scenario.title, scenario.render.size, files, scenario.source_text, wrong)
