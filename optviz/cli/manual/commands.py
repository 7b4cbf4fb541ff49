"""What can be called."""

from __future__ import annotations

from optviz.cli.describe import table

EXIT_CODES = {
    "0": "all went well",
    "1": "a file could not be written: no space, no permission, it exists already",
    "2": "the scenario or the call is wrong; nothing was written",
    "130": "interrupted by Ctrl-C; no unfinished file is left",
}
ENVIRONMENT = {
    "NO_COLOR": "any value: no colours (they are used on terminals only)",
    "COLUMNS": "the width of help and progress, where the terminal does not tell",
}
_PAGE = """Commands

{commands}

Several scenarios of one call run side by side on all cores; one that fails does not stop the others, and the exit
code says that one did. On a terminal the progress of each is shown on a line; in a pipe nothing is but the result.

Flags in place of a file, or on top of one

  optviz race --function beale --start 3,4 --optimizer adam --optimizer amsgrad:lr=0.1,label=Ours --steps 200
  optviz race my.yaml --set render.theme=dark --set 'optimizers[0].adam.lr=0.01'
  optviz race --function "x**2 + 3*y**2" --start 2,1 --optimizer adam:lr=0.1
  cat my.yaml | optviz race -

Completion of commands, scenario files, optimizers and functions in bash, zsh, fish and PowerShell

  optviz --install-completion

Editors with a YAML language server complete and check a scenario that names the schema in its first line, as those
of `optviz new` do; `optviz schema > scenario.schema.json` writes one to keep beside your files:

  # yaml-language-server: $schema=scenario.schema.json

Exit codes

{codes}

Environment

{environment}
"""


def page() -> str:
    return _PAGE.format(commands=_listed(_commands()), codes=_listed(EXIT_CODES), environment=_listed(ENVIRONMENT))


def _commands() -> dict[str, str]:
    from optviz.cli.app import COMMANDS

    return {f"optviz {name}": (command.__doc__ or "").split("\n")[0] for name, command in COMMANDS.items()}


def _listed(rows: dict[str, str]) -> str:
    return table(("", "", ""), [("", *row) for row in rows.items()]).strip("\n")
