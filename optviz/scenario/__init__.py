"""The scenario file: from YAML to a checked Scenario, or to every mistake in it."""

from __future__ import annotations

from optviz.scenario.loading import build, load, loads, problem_of
from optviz.scenario.models import RacerSpec, Scenario
from optviz.scenario.render import Render

__all__ = ["RacerSpec", "Render", "Scenario", "build", "load", "loads", "problem_of"]
