"""What the user writes: the scenario file, its models, its mistakes."""

from __future__ import annotations

from optviz.scenario.loading import build, load, loads, problem_of
from optviz.scenario.models import RacerSpec, Render, Scenario

__all__ = ["RacerSpec", "Render", "Scenario", "build", "load", "loads", "problem_of"]
