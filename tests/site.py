"""Writes the documentation site's sources from the manual: ``python -m tests.site [FOLDER]``, then ``mkdocs build``.

Every page is made from what the program itself says: the manual, ``optviz show`` of every optimizer and function, and
the shipped scenarios, each picture beside its YAML.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from optviz.cli.app import commands
from optviz.cli.describe import describe_function, describe_rule
from optviz.cli.manual import TOPICS, text
from optviz.optimizers import OPTIMIZERS
from optviz.problems import FUNCTIONS, from_catalogue
from optviz.scenario.shipped import shipped_names
from tests.gallery import PICTURES, ROOT, command, sentence

FOLDER = ROOT / "outputs" / "site"
CONFIG = """site_name: optviz
docs_dir: pages
plugins: [search]
theme: {name: readthedocs}
nav:
  - Start: index.md
  - Gallery: gallery.md
  - Manual:
"""


def pages() -> dict[str, str]:
    """Return the Markdown of every page by its path."""
    summaries = {
        name: (command.__doc__ or "").split("\n")[0] for group in commands().values() for name, command in group.items()
    }
    functions = dict.fromkeys(from_catalogue(name).name for name in FUNCTIONS)
    return {
        "index.md": _moved((ROOT / "README.md").read_text(encoding="utf-8")),
        "contributing.md": _moved((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")),
        "gallery.md": "# Gallery\n\n" + "\n".join(map(_scenario, shipped_names())),
        **{f"manual/{topic}.md": f"# {topic.title()}\n\n{_verbatim(text(topic, summaries))}" for topic in TOPICS},
        "optimizers.md": "# Optimizers, one by one\n\n"
        + "\n".join(f"## {rule.label}\n\n{_verbatim(describe_rule(rule))}" for rule in OPTIMIZERS.values()),
        "functions.md": "# Functions, one by one\n\n"
        + "\n".join(
            f"## {problem.title}\n\n{_verbatim(describe_function(problem))}"
            for problem in map(from_catalogue, functions)
        ),
    }


def _moved(page: str) -> str:
    """Return a page of the repository with its links to what the site has under other names."""
    for there, here in (
        (".github/", "pictures/"),
        ("configs/README.md", "gallery.md"),
        ("CONTRIBUTING.md", "contributing.md"),
    ):
        page = page.replace(f"]({there}", f"]({here}")
    return page


def _scenario(name: str) -> str:
    """Return a scenario's sentence, picture, command and YAML."""
    yaml = (ROOT / "configs" / f"{name}.yaml").read_text(encoding="utf-8").partition("\n")[2]
    picture = f"![{name}](pictures/gallery/{name.replace('/', '-')}.png)"
    verb, *flags = command(name)
    call = f"```sh\n{shlex.join(['optviz', verb, name, *flags])}\n```"
    return f"## {name}\n\n{sentence(name)}\n\n{picture}\n\n{call}\n\n```yaml\n{yaml}```\n"


def _verbatim(page: str) -> str:
    return f"```text\n{page}\n```\n"


def write(folder: Path) -> None:
    """Write pages, pictures and mkdocs.yml into a folder."""
    written = pages()
    for name, page in written.items():
        path = folder / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    shutil.copytree(
        PICTURES.parent, folder / "pages" / "pictures", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.yml")
    )
    topics = "".join(f"      - {topic.title()}: manual/{topic}.md\n" for topic in TOPICS)
    rest = "  - Each optimizer: optimizers.md\n  - Each function: functions.md\n  - Contributing: contributing.md\n"
    (folder / "mkdocs.yml").write_text(CONFIG + topics + rest, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
