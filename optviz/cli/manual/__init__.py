"""The pages of ``optviz help``: a module each. Whatever lists things is made from the catalogues themselves."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

# Each page, by the name of its module, and what it is about.
TOPICS = {
    "commands": "commands, flags, exit codes, completion in the shell",
    "scenario": "every key of a scenario file, its default and meaning",
    "texts": "titles and labels: mathematics, dollar signs, letters",
    "fair": "fair comparisons: swarms, tuning, sweeps, leagues",
    "formulas": "functions and schedules of your own",
    "optimizers": "every optimizer and its hyperparameters",
    "functions": "every test function, its formula and start",
    "outputs": "formats, sizes, timing, numbers",
    "python": "Python, notebooks, own optimizers and functions",
}


def contents() -> str:
    """Return what ``optviz help`` prints without a topic: the list of pages."""
    width = max(map(len, TOPICS))
    lines = [f"  optviz help {topic:{width}}  {about}" for topic, about in TOPICS.items()]
    return (
        "Pages:\n\n"
        + "\n".join(lines)
        + "\n\nOne optimizer or function: optviz show NAME. Flags: optviz COMMAND --help."
    )


def text(topic: str, commands: Mapping[str, str]) -> str:
    """Return a page. ``commands`` are the program's, each with its summary, for the page that lists them."""
    page = import_module(f"{__name__}.{topic}")
    written: str = page.text(commands) if topic == "commands" else page.text()
    return written.strip()
