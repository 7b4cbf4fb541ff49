"""What rules and hyperparameters are called elsewhere, for hints to those who come from PyTorch, Keras or Optax."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from optviz.errors import did_you_mean, legible

RULES = {
    "gd": "sgd",
    "gradientdescent": "sgd",
    "steepestdescent": "sgd",
    "sgdm": "momentum",
    "heavyball": "momentum",
    "polyak": "momentum",
    "nag": "nesterov",
    "nesterovmomentum": "nesterov",
    "nadamw": "nadam",
    "amsprop": "amsgrad",
    "signsgd": "signsgd",
    "sparseadam": "adam",
}

# Rules that only a library has here.
LIBRARY_RULES = {
    "adafactor": ("torch", "Adafactor"),
    "asgd": ("torch", "ASGD"),
    "bfgs": ("torch", "LBFGS"),
    "lbfgs": ("torch", "LBFGS"),
    "lars": ("optax", "lars"),
    "madgrad": ("pytorch_optimizer", "MADGRAD"),
    "muon": ("optax", "muon"),
    "novograd": ("optax", "novograd"),
    "shampoo": ("pytorch_optimizer", "Shampoo"),
    "soap": ("pytorch_optimizer", "SOAP"),
}

HYPERPARAMETERS = {
    "learning_rate": ("lr",),
    "learningrate": ("lr",),
    "step_size": ("lr",),
    "stepsize": ("lr",),
    "eta": ("lr",),
    "betas": ("beta1", "beta2"),
    "beta_1": ("beta1",),
    "beta_2": ("beta2",),
    "b1": ("beta1",),
    "b2": ("beta2",),
    "b3": ("beta3",),
    "epsilon": ("eps",),
    "mu": ("momentum",),
    "rho": ("alpha",),
    "decay": ("lr_decay", "weight_decay"),
    "wd": ("weight_decay",),
    "l2": ("weight_decay",),
    "etas": ("eta_minus", "eta_plus"),
    "step_sizes": ("step_min", "step_max"),
    "initial_accumulator_value": ("initial_accumulator",),
    "sync_period": ("k",),
}

# A switch of theirs that is a rule of its own here: the hyperparameter, the rule that it was given to, ours.
RULE_OF_SWITCH = {
    ("amsgrad", "adam"): "amsgrad",
    ("amsgrad", "adamw"): "amsgradw",
    ("amsbound", "adabound"): "amsbound",
    ("nesterov", "sgd"): "nesterov",
    ("nesterov", "momentum"): "nesterov",
    ("nesterov", "adam"): "nadam",
    ("momentum", "sgd"): "momentum",
}

# A library by the names that its optimizers are imported under, and one of them.
HOMES = {
    "torch": ("torch", "Adam"),
    "pytorch": ("torch", "Adam"),
    "optim": ("torch", "Adam"),
    "pytorch_optimizer": ("pytorch_optimizer", "AdamP"),
    "optax": ("optax", "adam"),
    "jax": ("optax", "adam"),
    "keras": ("keras", "Adam"),
    "tf": ("keras", "Adam"),
    "tensorflow": ("keras", "Adam"),
}

# What is done to a racer's gradients, by its names elsewhere, and how a scenario writes it.
CLIPS = {
    **dict.fromkeys(("clipnorm", "clip_norm", "global_clipnorm", "max_norm", "max_grad_norm", "grad_clip"), "norm"),
    **dict.fromkeys(("clipvalue", "clip_value", "clip_grad_value"), "value"),
}

# Settings of theirs that say how a step is computed, not which step it is.
WITHOUT_EFFECT = ("foreach", "fused", "capturable", "differentiable", "jit", "name")

# What is no hyperparameter here, and what to write instead.
REMEDIES = {
    **dict.fromkeys(
        ("lr_scheduler", "schedule", "scheduler", "warmup", "warmup_steps"),
        "lr may be a formula in t, such as lr: 0.1*min(1, t/10)",
    ),
    **dict.fromkeys(("colour", "c"), "write color"),
    **dict.fromkeys(("line", "linestyle", "linewidth", "ls", "lw", "style", "width"), "racers have color and marker"),
    **dict.fromkeys(("seed", "start", "steps", "x0"), "it is the same for all racers: write it at the top level"),
    **dict.fromkeys(WITHOUT_EFFECT, "leave it out: it changes no step"),
    **dict.fromkeys(("legend", "name", "title"), "write label"),
    "dampening": "race momentum, which has it",
    "maximize": "minimise the formula with a minus before it",
}
LOOSELY = {
    "alpha": "lr",
    "base_optimizer": "base",
    "decoupled_weight_decay": "decoupled",
    "inner": "base",
    "momentum": "beta1",
    "optimizer": "base",
}


def rule_hint(name: str, known: Collection[str]) -> str:
    """Return a hint that names the rule meant by ``name``, or all of them."""
    name = legible(name)
    home, _, own = name.rpartition(".")
    if library := HOMES.get((home or own).split(".")[0].lower()):
        return f"write {library[0]}: {{{own if home else library[1]}: {{...}}}} for that library's own code"
    if called := re.fullmatch(r"(\w+)\((.*)\)", name):
        given = re.findall(r"(\w+) *= *(\([^()]*\)|[^,]+)", called[2])
        settings = ", ".join(f"{key}: {value.replace('(', '[').replace(')', ']')}" for key, value in given)
        return f"write {called[1].lower()}: {{{settings}}}" if settings else f"write {called[1].lower()}"
    if (begun := re.match(r"(\w+)[: ]+\w* *=? *\{?", name)) and begun[1].lower() in known:
        return f"write {begun[1].lower()}: {{lr: 0.1}}, with a blank behind each colon"
    plain = re.sub(r"[-_ ]", "", name.lower())
    if plain in LIBRARY_RULES:
        return "write {}: {{{}: {{...}}}} for that library's own code".format(*LIBRARY_RULES[plain])
    ours = RULES.get(plain, plain if plain in known else "")
    return f"it is called {ours} here" if ours and ours != name.lower() else did_you_mean(name, known)


def hyperparameter_hint(rule: str, name: str, known: Mapping[str, object]) -> str:
    """Return a hint that names what a rule calls the hyperparameter meant by ``name``, or all that it has."""
    plain = name.lower().replace("-", "_")
    if (plain, rule) in RULE_OF_SWITCH:
        return f"race {RULE_OF_SWITCH[plain, rule]} instead, a rule of its own here"
    if plain in REMEDIES:
        return REMEDIES[plain]
    if assigned := re.fullmatch(r"(\w+) *= *(.+)", name):
        return f"write {assigned[1]}: {legible(assigned[2])}"
    if name.isdecimal():
        return "a comma ends a value; write a decimal point"
    if clip := CLIPS.get(plain):
        return f"write clip: {{{clip}: ...}}"
    ours = [one for one in (*HYPERPARAMETERS.get(plain, ()), LOOSELY.get(plain, "")) if one in known]
    return f"write {' and '.join(ours)}" if ours else did_you_mean(name, known)
