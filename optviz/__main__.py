"""``python -m optviz`` is the command ``optviz``."""

from optviz.cli.app import main

if __name__ == "__main__":  # workers import this module anew
    main()
