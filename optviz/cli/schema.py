"""``optviz schema``: prints the JSON Schema of a scenario."""

from __future__ import annotations

from optviz.cli.terminal import say


def schema() -> None:
    """Print the JSON Schema of a scenario, for editors.

    \b
    optviz schema > scenario.schema.json

    Editors with a YAML language server complete and check a scenario whose first
    line is # yaml-language-server: $schema=scenario.schema.json
    """
    from optviz.scenario.schema import schema_text

    say(schema_text(), nl=False)
