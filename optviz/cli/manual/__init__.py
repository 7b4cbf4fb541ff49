"""The pages of ``optviz help``. What lists things is made from the code, so that it cannot say anything else."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Topic:
    """A page: what it is about, and the module in this folder whose ``page()`` writes it."""

    about: str
    module: str

    def page(self) -> str:
        """The text, written now."""
        text: str = import_module(f"{__name__}.{self.module}").page()
        return text.strip()


TOPICS: dict[str, Topic] = {
    "commands": Topic("what can be called, exit codes, completion in the shell", "commands"),
    "scenario": Topic("every key of a scenario file, its default and meaning", "scenario"),
    "formulas": Topic("functions and schedules of your own", "formulas"),
    "optimizers": Topic("every optimizer and its hyperparameters", "optimizers"),
    "functions": Topic("every test function, its formula and start", "functions"),
    "outputs": Topic("formats, sizes, timing, numbers", "outputs"),
    "python": Topic("the same from Python and notebooks; optimizers and functions of your own", "python"),
}


def contents() -> str:
    """What ``optviz help`` says without a topic."""
    width = max(map(len, TOPICS))
    lines = [f"  optviz help {name:{width}}  {topic.about}" for name, topic in TOPICS.items()]
    return (
        "Pages:\n\n"
        + "\n".join(lines)
        + "\n\nOne optimizer or function: optviz show NAME. Flags: optviz COMMAND --help."
    )
