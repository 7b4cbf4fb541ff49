"""Draws fair comparisons: tuning, sweeps, basins; each is one sheet with the race's header, theme and small print."""
