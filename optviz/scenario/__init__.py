"""What the user writes: the scenario file, its models, its mistakes."""

from __future__ import annotations

from optviz.scenario.loading import load, loads, problem_of
from optviz.scenario.models import Finish, RacerSpec, Render, Scenario
from optviz.scenario.outputs import check_losses, check_outputs

__all__ = ["Finish", "RacerSpec", "Render", "Scenario", "check_losses", "check_outputs", "load", "loads", "problem_of"]
