"""Lays out the page: its grid, its figure, its colours, its tick labels."""
