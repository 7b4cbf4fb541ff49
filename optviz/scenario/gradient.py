"""Reads what is done to the gradient that a racer is given: its clipping, and noise of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from optviz.errors import did_you_mean, join
from optviz.optimizers.clip import Clip
from optviz.optimizers.noise import NoiseSettings
from optviz.scenario import fields, habits
from optviz.scenario.document import Document
from optviz.scenario.draws import with_draws
from optviz.scenario.messages import said, shape_error
from optviz.scenario.models import ClipSettings, Noise

S = TypeVar("S", bound=BaseModel)

NOTHING = (False, None, 0, "none", "off")  # people's words for no noise
GRADIENT_KEYS = {"clip": "such as {norm: 1}", "noise": "such as {std: 0.1}"}


def clip_of(document: Document, path: str, written: Mapping[str, Any]) -> Clip | None:
    """Return the clipping of a racer's gradient, from what is written beside its hyperparameters."""
    settings = _settings(document, path, written, "clip", ClipSettings)
    return None if settings is None else Clip(settings.norm, settings.value)


def noise_of(document: Document, path: str, written: Mapping[str, Any], steps: int) -> NoiseSettings | None:
    """Return the noise that a racer has instead of the race's, from what is written beside its hyperparameters."""
    settings = _settings(document, path, written, "noise", Noise)
    return None if settings is None else with_draws(document, settings, steps, f"{path}.noise").settings


def _settings(document: Document, path: str, given: Mapping[str, Any], key: str, model: type[S]) -> S | None:
    """Return what a key holds; mistakes are reported to the document, and then there is nothing."""
    if key not in given:
        return None
    written = given[key]
    if isinstance(written, dict):
        written = {name: fields.computed(value) for name, value in written.items()}
    try:
        return model.model_validate(written)
    except ValidationError as error:
        for found in error.errors():
            at = join(f"{path}.{key}", str(found["loc"][0])) if found["loc"] else f"{path}.{key}"
            if found["type"] == "extra_forbidden":
                name = str(found["loc"][0])
                hint = habits.key_hint(name, key) or did_you_mean(name, model.model_fields)
                document.report(at, "unknown key", hint, at_key=True)
            elif found["type"] == "model_type":
                hint = "write {std: 0} for none" if key == "noise" and written in NOTHING else GRADIENT_KEYS[key]
                document.report(at, f"must be a mapping, got {said(written)}", hint)
            else:
                document.report(at, *shape_error(found))
        return None
