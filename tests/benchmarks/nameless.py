"""Runs the command ``optviz`` without names at the heads: ``python -m tests.benchmarks.nameless race ...``.

No key of a scenario leaves them out; what they cost is measured by this.
"""

from __future__ import annotations

from optviz.__main__ import main
from optviz.cli.startup import import_matplotlib, tune_startup

if __name__ == "__main__":
    tune_startup()
    import_matplotlib()
    from optviz.picture.overlays import OVERLAYS

    del OVERLAYS["names"]
    main()
