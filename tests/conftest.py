"""Lets the interpreters that tests start share compiled modules, and says how long tests of properties take."""

from __future__ import annotations

import os
import sys

from hypothesis import HealthCheck, settings

# without, each interpreter compiles all of optviz
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Without a deadline, since a machine may be busy; quick runs try the same examples every time.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("untimed"), max_examples=25, derandomize=True)
settings.register_profile("thorough", settings.get_profile("untimed"), max_examples=100)
settings.load_profile("quick")
