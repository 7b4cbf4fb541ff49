"""Finds the browser in which pages are tried, and names what is missing for it."""

from __future__ import annotations

import shutil
from pathlib import Path

from optviz.output import html

FOLDER = Path(html.__file__).parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = [
    name
    for name, found in {
        "node": shutil.which("node"),
        "chromium": CHROMIUM,
        "node_modules (npm ci in optviz/output/html)": (FOLDER / "node_modules").is_dir(),
    }.items()
    if not found
]
