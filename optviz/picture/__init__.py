"""Draws races. The only room that imports matplotlib, and that only when a film is asked for."""

import logging

# Matplotlib complains of the user's machine (no home, a bad matplotlibrc) where nobody has set up logging: not to us
logging.getLogger("matplotlib").addHandler(logging.NullHandler())
