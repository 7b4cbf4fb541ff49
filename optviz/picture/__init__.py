"""Draws races. The only room that imports matplotlib, and that only when a film is asked for."""
