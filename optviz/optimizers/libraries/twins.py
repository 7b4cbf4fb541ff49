"""Finds our rule of a library's optimizer: the same name, the same hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optviz.errors import OptvizError
from optviz.optimizers.bound_rule import BoundRule
from optviz.optimizers.catalogue import OPTIMIZERS
from optviz.optimizers.hyperparameters import bind
from optviz.optimizers.spellings import HYPERPARAMETERS, RULE_OF_SWITCH, WITHOUT_EFFECT

# what a library always does and our rule of that name does when asked
ALWAYS: dict[tuple[str, str], dict[str, Any]] = {
    ("torch", "Adamax"): {"eps_in_max": True},
    ("optax", "adamax"): {"eps_in_max": True},
    ("optax", "adagrad"): {"eps_in_sqrt": True},
    ("keras", "Adagrad"): {"eps_in_sqrt": True},
    ("keras", "RMSprop"): {"eps_in_sqrt": True},
    ("keras", "Nadam"): {"momentum_decay": 1.0},
}
OURS = {"decoupled_weight_decay": ("decoupled",), "initial_scale": ("initial_accumulator",)}  # names apart from those
# arguments that our rules have not, at the values that leave them out
LEFT_OUT: dict[str, Any] = {
    "maximize": False,
    "threshold": 5.0,
    "weight_lr_power": 2.0,
    "use_clipping": True,
    "ema_momentum": 0.99,  # of an average that use_ema would ask for
}
CORRECTIONS = {(True, True): "before_max", (True, False): "first_moment", (False, False): "none"}  # of optax's amsgrad


def twin_of(library: str, name: str, values: Mapping[str, Any], steps: int) -> BoundRule | None:
    """Return our rule of that name with these arguments; None where it has no such rule or cannot say them all."""
    named = {rule.replace("_", ""): rule for rule in OPTIMIZERS}
    rule = named.get(name.lower().replace("_", ""))
    if rule is None:
        return None
    given = _spelled(values)
    if {"bias_correction_mu", "bias_correction_nu"} <= given.keys():
        flags = bool(given.pop("bias_correction_mu")), bool(given.pop("bias_correction_nu"))
        given["bias_correction"] = CORRECTIONS.get(flags, "none")
    for switch in ("momentum", "nesterov", "amsgrad"):
        if given.get(switch) and (switch, rule) in RULE_OF_SWITCH:
            rule = RULE_OF_SWITCH[switch, rule]
            if given[switch] is True:
                del given[switch]
    parameters = OPTIMIZERS[rule].parameters
    if "rho" not in parameters and "rho" in given:
        given["alpha"] = given.pop("rho")
    missing = {key: value for key, value in given.items() if key not in parameters}
    if any(value and LEFT_OUT.get(key) != value for key, value in missing.items()):
        return None
    kept = {key: value for key, value in given.items() if key in parameters}
    try:
        return bind(OPTIMIZERS[rule], {**kept, **ALWAYS.get((library, name), {})}, steps)
    except OptvizError:  # a value that our rule does not take
        return None


def _spelled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments under our names, tuples taken apart."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if name in WITHOUT_EFFECT or value is None:
            continue
        ours = OURS.get(name) or HYPERPARAMETERS.get(name, (name,)) if not isinstance(value, list | tuple) else ()
        if isinstance(value, list | tuple):
            ours = (*HYPERPARAMETERS.get(name, ()), "beta3")[: len(value)]
            flat |= dict(zip(ours, value, strict=False))
        else:
            flat[ours[0] if len(ours) == 1 and name != "rho" else name] = value
    return flat
