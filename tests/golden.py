"""Compare the bytes of every shipped scenario with those on record: a change of structure changes none.

    python -m tests.golden              compare with golden.json, exit 1 where something differs
    python -m tests.golden --record     write golden.json
    python -m tests.golden NAME ...     these scenarios alone

The record holds for one machine's libraries (fonts, x264, zlib); take it before a change, on the machine that compares.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

RECORD = Path(__file__).with_name("golden.json")
ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = ("gif", "mp4", "svg", "json")


def digests(name: str) -> dict[str, str]:
    """SHA-256 of each format of one shipped scenario, rendered in a process and a folder of its own."""
    with TemporaryDirectory() as folder:
        outputs = [part for suffix in SUFFIXES for part in ("-o", f"out.{suffix}")]
        command = [sys.executable, "-m", "optviz", "race", name, "-q", *outputs]
        subprocess.run(command, cwd=folder, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
        files = {suffix: Path(folder, f"out.{suffix}").read_bytes() for suffix in SUFFIXES}
    return {suffix: hashlib.sha256(data).hexdigest() for suffix, data in files.items()}


def shipped() -> list[str]:
    """Names of all scenarios in configs/."""
    folder = ROOT / "configs"
    return sorted(str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.yaml"))


def main() -> int:
    """Record or compare; the number of scenarios that differ, at most 1, is the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="shipped scenarios; default all")
    parser.add_argument("--record", action="store_true", help="write golden.json instead of comparing")
    given = parser.parse_args()
    if not given.record and not RECORD.exists():
        parser.error(f"{RECORD} is not there: record it before the change, with --record")
    names = given.names or shipped()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = dict(zip(names, pool.map(digests, names), strict=True))
    known: dict[str, dict[str, str]] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    if given.record:
        RECORD.write_text(json.dumps(dict(sorted((known | found).items())), indent=1) + "\n")
        return 0
    differing = {name: [s for s in SUFFIXES if known.get(name, {}).get(s) != found[name][s]] for name in names}
    for name, suffixes in differing.items():
        if suffixes:
            print(f"{name}: {', '.join(suffixes)}")
    print(f"{sum(not suffixes for suffixes in differing.values())} of {len(names)} scenarios as recorded")
    return int(any(differing.values()))


if __name__ == "__main__":
    sys.exit(main())
