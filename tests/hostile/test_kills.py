"""Runs that are killed tear no file, and the next run tidies up after them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")


@pytest.mark.parametrize(
    "count", [pytest.param(4, marks=pytest.mark.thorough), pytest.param(200, marks=pytest.mark.slow)]
)
def test_a_kill_at_any_moment_leaves_whole_files(tmp_path: Path, count: int) -> None:
    command = [sys.executable, "-m", "tests.hostile.kills", str(tmp_path), str(count)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout == ""
