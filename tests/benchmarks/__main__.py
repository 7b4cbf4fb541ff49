"""How fast, how small, how true, beside the way people do it today: ``python -m tests.benchmarks``.

Both sides of every ratio are taken in one run on one machine; animations are whole processes, imports included. A
baseline that would take minutes is run on a few frames and scaled, and says so. Takes a quarter of an hour; --quick
only shows that it works.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from dataclasses import asdict, astuple, fields
from pathlib import Path

from tests.benchmarks.rows import ROWS, measured
from tests.benchmarks.table import Effort, Row

WIDTHS = (52, 30, 9, 9, 7, 8, 4, 0)
OUTPUT = "outputs/benchmarks.json"


def main() -> None:
    asked = _arguments()
    print(_line([field.name for field in fields(Row)]))
    rows = []
    for row in measured(asked.only or list(ROWS), Effort(asked.quick, asked.before)):
        rows.append(row)
        print(_line(astuple(row)), flush=True)
    _write(Path(asked.json), rows, asked.quick)
    print(f"\n{asked.json}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=ROWS, metavar="NAME", help=f"of {', '.join(ROWS)}; repeatable"
    )
    parser.add_argument(
        "--before",
        type=lambda name: Path(name).resolve(),
        metavar="CHECKOUT",
        help="an earlier commit's, for the row features",
    )
    parser.add_argument("--quick", action="store_true", help="few frames and one round: no figures to quote")
    parser.add_argument("--json", default=OUTPUT, metavar="FILE", help=f"default {OUTPUT}")
    return parser.parse_args()


def _line(cells: tuple[object, ...] | list[str]) -> str:
    words = {True: "yes", False: "NO", None: ""}
    texts = [words[cell] if cell is None or isinstance(cell, bool) else str(cell) for cell in cells]
    return "  ".join(text.ljust(width) for text, width in zip(texts, WIDTHS, strict=True)).rstrip()


def _write(path: Path, rows: list[Row], quick: bool) -> None:
    machine = {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": machine, "quick": quick, "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
