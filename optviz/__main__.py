"""Runs the command ``optviz`` as ``python -m optviz``."""

from optviz.cli.app import main

if __name__ == "__main__":  # spawned workers import this module too
    main()
