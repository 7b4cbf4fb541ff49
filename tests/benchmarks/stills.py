"""What ``optviz watch`` takes from a save to the still: ``python -m tests.benchmarks.stills SCENARIO FOLDER SAVES``.

Each save changes the first learning rate. The films after the stills are left out, as where the next save comes soon.
Prints one JSON object of seconds, the least of all saves but the first: the processor's, and the clock's.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

from optviz.cli import watch
from optviz.cli.server import Page
from optviz.cli.startup import import_matplotlib, tune_startup
from optviz.pipeline.changes import Changes


def time_saves(scenario: str, folder: str, saves: str) -> dict[str, float]:
    """Save, render, save again."""
    before, rate, after = re.split(r"lr: ([\d.]+)", Path(scenario).read_text(), maxsplit=1)
    os.chdir(folder)
    file, put = Path("watched.yaml"), watch._put

    def put_and_leave_off(path: Path, data: bytes) -> None:
        put(path, data)
        raise watch.OvertakenError

    watch._put = put_and_leave_off
    file.touch()
    rounds = watch.Rounds(watch.WatchOptions(scenarios=[str(file)], quiet=True), Changes(file), Page())
    best = {"cpu": float("inf"), "wall": float("inf")}
    for save in range(int(saves) + 1):
        file.write_text(f"{before}lr: {float(rate) * (1 + save / 100):.6g}{after}")
        began, used = time.perf_counter(), time.process_time()
        rounds.changes.wait()
        rounds.render()
        taken = {"cpu": time.process_time() - used, "wall": time.perf_counter() - began}
        if save:
            best = {part: min(best[part], taken[part]) for part in best}
    return best


if __name__ == "__main__":
    tune_startup()
    import_matplotlib()
    print(json.dumps(time_saves(*sys.argv[1:])))
