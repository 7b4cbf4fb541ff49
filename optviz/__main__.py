"""``python -m optviz`` is the command ``optviz``."""

from optviz.cli import main

main()
