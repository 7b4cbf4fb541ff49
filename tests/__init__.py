"""Tests mirror the package; none of them measures time."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a machine may be busy
settings.load_profile("untimed")
