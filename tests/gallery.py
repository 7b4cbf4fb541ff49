"""Makes the gallery: a picture of every shipped scenario, and the page that shows them.

    python -m tests.gallery [NAME ...]

The pictures go to .github/gallery, the page is configs/README.md. A test holds the page to the scenarios.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from PIL import Image

from optviz.scenario import load
from optviz.scenario.overrides import setting
from optviz.scenario.shipped import shipped_names

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / ".github" / "gallery"
PAGE = ROOT / "configs" / "README.md"
SIZE = "960x540"
COLOURS = 64

HEAD = """# Scenarios to start from

Every one of these is a commented YAML file: render it, then change a line and render it again.
`optviz race NAME` works from any folder; `optviz gallery` renders them all.

"""


def page() -> str:
    """The gallery in Markdown: title, sentence, command, picture."""
    return HEAD + "\n".join(entry(name) for name in shipped_names())


def entry(name: str) -> str:
    """One scenario."""
    title = load(ROOT / "configs" / f"{name}.yaml").title
    picture = f"../.github/gallery/{name.replace('/', '-')}.png"
    verb, *flags = command(name)
    call = " ".join(["optviz", verb, name, *flags])
    return f"## [{title}]({name}.yaml)\n\n{sentence(name)}\n\n```sh\n{call}\n```\n\n![{title}]({picture})\n"


def command(name: str) -> list[str]:
    """What the file's own comment calls first: race or a comparison, and its flags."""
    text = (ROOT / "configs" / f"{name}.yaml").read_text()
    call = re.search(rf"^# +optviz (\w+) configs/{name}.yaml(.*)$", text, re.MULTILINE)
    assert call is not None, name
    return [call[1], *call[2].split()] if call[1] != "race" else ["race"]


def sentence(name: str) -> str:
    """The first paragraph of the file's own comment."""
    lines = (ROOT / "configs" / f"{name}.yaml").read_text().splitlines()
    words = [line[1:].strip() for line in lines if line.startswith("#") and "yaml-language-server" not in line]
    return re.sub(r"\*\*(\d)", r"^\1", " ".join(words[: words.index("")]))


def main(names: list[str]) -> None:
    """Draw the pictures asked for, or all, and write the page."""
    from optviz import run
    from optviz.cli.app import app_of, commands
    from optviz.frames import StillRequest
    from optviz.output import write_all
    from optviz.picture.film import film

    for name in names or shipped_names():
        verb, *flags = command(name)
        path = PICTURES / f"{name.replace('/', '-')}.png"
        if verb != "race":
            source = str(ROOT / "configs" / f"{name}.yaml")
            size = f"render.size={SIZE}"
            app_of(commands(verb))([verb, source, *flags, "--set", size, "-o", str(path), "-q"], standalone_mode=False)
        else:
            scenario = load(ROOT / "configs" / f"{name}.yaml", overrides=[setting(f"render.size={SIZE}")])
            write_all([path], film=film(run(scenario).result, scenario), shot=StillRequest(step=scenario.steps))
        with Image.open(path) as picture:  # a quarter of the bytes: they stay in the repository for good
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        print(path.relative_to(ROOT))
    PAGE.write_text(page())


if __name__ == "__main__":
    main(sys.argv[1:])
