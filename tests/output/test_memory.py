"""How much memory a process takes at its peak, FFmpeg's and the other libraries' included, for films of any length."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from optviz.output import FORMATS

ANIMATIONS = [suffix for suffix, form in FORMATS.items() if form.kind == "animation"]
PROGRAM = """
import sys
from pathlib import Path
import optviz

scenario, path = sys.argv[1:]
optviz.run(optviz.load(scenario)).save(path)
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line))
"""
SCENARIO = """
function: rosenbrock
start: [-1.5, 2]
optimizers: [adam]
steps: 1000
render: {{size: {size}, fps: 30, frames: {frames}, hold: 2, panels: []}}
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells a process's own peak")


def peak(folder: Path, suffix: str, size: str, frames: int) -> int:
    """Kilobytes at the peak of a process that races and writes one film."""
    scenario = folder / "race.yaml"
    scenario.write_text(SCENARIO.format(size=size, frames=frames))
    command = [sys.executable, "-c", PROGRAM, str(scenario), str(folder / f"race{suffix}")]
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


@pytest.mark.thorough
def test_a_longer_video_takes_no_more(tmp_path: Path) -> None:
    assert peak(tmp_path, ".mp4", "640x360", 250) < 1.1 * peak(tmp_path, ".mp4", "640x360", 50)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_ten_times_the_frames_take_no_more(tmp_path: Path, suffix: str) -> None:
    assert peak(tmp_path, suffix, "1080p", 1000) < 1.1 * peak(tmp_path, suffix, "1080p", 100)
