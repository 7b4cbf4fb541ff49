"""What a scenario may say and this version cannot do yet. Whoever builds one of these deletes its name here."""

from __future__ import annotations

ANY = ("",)  # every value of the key

NOT_YET: dict[str, tuple[str, ...]] = {
    "render.view": (),
    "render.panels": (),
    "render.theme": (),
    "render.camera": (),
    "output": (),
    "hyperparameter": ("tune",),
    "optimizer": (),
}
LATER = "is not available yet in this version"
