"""Lets the interpreters that tests start share compiled modules: without, each compiles all of optviz."""

from __future__ import annotations

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
