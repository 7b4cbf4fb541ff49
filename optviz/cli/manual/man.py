"""The man page, from the same pages: ``python -m optviz.cli.manual.man > optviz/cli/manual/optviz.1``."""

from __future__ import annotations

from optviz import __version__
from optviz.cli.app import HELP, commands
from optviz.cli.manual import TOPICS, text


def man_page() -> str:
    """Return the manual in roff: every page of ``optviz help`` is a section, set as it stands."""
    summaries = {
        name: (command.__doc__ or "").split("\n")[0] for group in commands().values() for name, command in group.items()
    }
    head = [
        f'.TH OPTVIZ 1 "" "optviz {__version__}" "User commands"',
        *(".SH NAME", r"optviz \- races optimizers on test functions and films them"),
        *(".SH SYNOPSIS", r".B optviz", r"[\fICOMMAND\fR] [\fIOPTIONS\fR] [\fIFILE\fR...]"),
        ".SH DESCRIPTION",
        *_verbatim(HELP.replace("\b\n", "")),
    ]
    pages = [line for topic in TOPICS for line in (f".SH {topic.upper()}", *_verbatim(text(topic, summaries)))]
    return "\n".join([*head, *pages]) + "\n"


def _verbatim(page: str) -> list[str]:
    """Return the lines of a page as roff that neither fills nor reads them."""
    lines = page.replace("\\", r"\e").replace("-", r"\-").splitlines()
    return [".nf", *(rf"\&{line}" if line[:1] in (".", "'") else line for line in lines), ".fi"]


if __name__ == "__main__":
    print(man_page(), end="")
