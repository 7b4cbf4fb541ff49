"""The page of commands, exit codes and environment variables."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.cli.tables import pairs

EXIT_CODES = {
    "0": "success",
    "1": "a file could not be written: no space, no permission, it exists already",
    "2": "the scenario or the call is wrong; nothing was written",
    "130": "interrupted by Ctrl-C; no unfinished file is left",
}
ENVIRONMENT = {
    "NO_COLOR": "any value: no colours (they are used on terminals only)",
    "COLUMNS": "width of help, progress and quoted lines, where the terminal tells none",
}
_PAGE = """Commands

{commands}

Several scenarios of one call are rendered in parallel on all cores. One that
fails does not stop the others, and the exit code tells that one did. A terminal
shows the progress of each; a pipe gets the result alone.

Flags in place of a file, or on top of one

  optviz race --function beale --start 3,4 --optimizer adam --steps 200
  optviz race my.yaml --optimizer adam --optimizer amsgrad:lr=0.1,label=Ours
  optviz race my.yaml --set render.theme=dark --set 'optimizers[0].adam.lr=0.01'
  optviz race --function "x**2 + 3*y**2" --start 2,1 --optimizer adam:lr=0.1
  cat my.yaml | optviz race -

Completion of commands, scenario files, optimizers and functions in bash, zsh,
fish and PowerShell

  optviz --install-completion

Editors with a YAML language server complete and check a scenario whose first
line names the schema, as in those that `optviz new` writes. A copy to keep next
to your files is printed by `optviz schema > scenario.schema.json`:

  # yaml-language-server: $schema=scenario.schema.json

Exit codes

{codes}

Environment

{environment}
"""


def text(commands: Mapping[str, str]) -> str:
    """Return the page; ``commands`` are the program's, each with its summary."""
    calls = [(f"optviz {name}", summary) for name, summary in commands.items()]
    return _PAGE.format(
        commands=pairs(calls, "  "),
        codes=pairs(EXIT_CODES.items(), "  "),
        environment=pairs(ENVIRONMENT.items(), "  "),
    )
