"""Runs optviz on hostile inputs, each in a forked child of its own, and reports what it did to its surroundings.

A process without threads reads a call a line, as JSON, and writes a report a line: ``python -m tests.hostile.walk``.
All that is heavy is imported before the first fork, so that a call costs what it does and nothing else.
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

HEAVY = (
    *("optviz.picture.film", "optviz.pipeline.render", "optviz.cli.app", "optviz.output.stills"),
    *("av", "PIL.Image", "PIL.ImageDraw", "matplotlib.figure", "matplotlib.backends.backend_agg", "numpy.random"),
)
CPU_LIMIT_S = 30
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Report:
    """What one call did."""

    arguments: list[str]
    code: int  # exit code; negative: the signal that ended it
    out: str
    err: str
    cpu_s: float
    peak_mb: float
    files: list[str]  # in the folder it ran in, with how many bytes

    @property
    def said(self) -> str:
        return self.out + self.err

    @property
    def unprintable(self) -> str:
        """The characters printed that are not seen or move others."""
        text = COLOUR.sub("", self.said)
        return "".join(sorted({c for c in text if not c.isprintable() and c not in "\n\t"}))

    @property
    def has_trace(self) -> bool:
        return "Traceback (most recent call last)" in self.said

    @property
    def warned(self) -> list[str]:
        """Lines in which Python or a library warns."""
        return [line for line in self.said.splitlines() if re.search(r"\w*Warning: |^WARNING|findfont", line)]


def walk(calls: Iterable[Sequence[str]]) -> Iterator[Report]:
    """Run optviz with each of the lists of arguments, in order, each in an empty folder, and yield the reports."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    lines = "".join(json.dumps(list(call)) + "\n" for call in calls)
    command = [sys.executable, "-m", "tests.hostile.walk"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines)
        process.stdin.close()
        for line in process.stdout:
            yield Report(**json.loads(line))


def _serve() -> None:
    """Report on the calls on standard input."""
    for name in HEAVY:
        import_module(name)
    for line in sys.stdin.read().splitlines():
        print(json.dumps(asdict(_report(json.loads(line)))), flush=True)


def _report(arguments: list[str]) -> Report:
    folder = tempfile.mkdtemp(prefix="optviz-hostile-")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _run(arguments, folder, out.fileno(), err.fileno())
        _, status, used = os.wait4(child, 0)
        out.seek(0)
        err.seek(0)
        said = [file.read().decode(errors="surrogateescape") for file in (out, err)]
    files = [f"{path.name} {path.stat().st_size}" for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    shutil.rmtree(folder)
    code = os.waitstatus_to_exitcode(status)
    return Report(arguments, code, *said, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, files)


def _run(arguments: list[str], folder: str, out: int, err: int) -> None:
    """Be the command, with every warning shown, and never return."""
    code = 70
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S + 1))
        os.chdir(folder)
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), "utf-8", write_through=True)
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), "utf-8", write_through=True)
        sys.warnoptions = ["default"]
        sys.argv = ["optviz", *arguments]
        from optviz.cli.app import main

        code = 0
        main()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
