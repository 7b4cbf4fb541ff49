"""Exact trajectories of optimizers, raced and drawn."""

__version__ = "0.1.0"
