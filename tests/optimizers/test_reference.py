"""Every rule reproduces the published libraries' own trajectories, within each record's tolerance.

The trajectories were made with the libraries themselves in double precision. One row per variant says which of our
rules it is, and nothing is left out.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optviz.optimizers import OPTIMIZERS
from optviz.problems import Problem, from_catalogue
from tests import few
from tests.engine import run

Settings = dict[str, Any]
Ours = tuple[str, Settings]  # the rule's name and its hyperparameters

REFERENCE = json.loads(gzip.decompress((Path(__file__).parents[1] / "reference/trajectories.json.gz").read_bytes()))

# the libraries' names for our hyperparameters, and ours for their tuples
SPELLING = {
    "learning_rate": "lr",
    "step_size": "lr",
    "stepSize": "lr",
    "epsilon": "eps",
    "b1": "beta1",
    "b2": "beta2",
    "b3": "beta3",
    "beta_1": "beta1",
    "beta_2": "beta2",
    "initial_accumulator_value": "initial_accumulator",
    "initial_scale": "initial_accumulator",
    "decay": "alpha",
    "scheduleDecay": "momentum_decay",
    "warmup_steps": "warmup",
    "use_clipping": "clipping",
    "sync_period": "k",
    "slow_step_size": "alpha",
    "use_bias_correction": "bias_correction",
}
TUPLES = {
    "betas": ("beta1", "beta2", "beta3"),
    "nus": ("nu1", "nu2"),
    "etas": ("eta_minus", "eta_plus"),
    "step_sizes": ("step_min", "step_max"),
}
# options that our rule of a row lacks, at the value that leaves them out
NEUTRAL = {
    "eps_root": 0.0,
    "nesterov": False,
    "amsgrad": False,
    "decoupled_weight_decay": False,
    "weight_decouple": False,
    "momentum": 0,
    "dampening": 0,
    "bias_correction": False,
    "max_grad_norm": 0.0,
    "decouple_weight_decay": False,
    "decouple": True,
    "safeguard_warmup": False,
    "r": 0.0,
    "weight_lr_power": 2,
    "weight_decay": 0,
    "fixed_decay": False,
    "rectify": False,
    "ams_bound": False,
    "n_sma_threshold": 5,  # of rectify, as is the next
    "degenerated_to_sgd": True,
    "k": 2,
    "reset_state": True,  # of optax.contrib.sam: one ascent for one descent, with a fresh ascent state
}


def spelled(hp: Mapping[str, Any]) -> Settings:
    """A library's hyperparameters under our names; its none is our leaving it out."""
    flat = {SPELLING.get(name, name): value for name, value in hp.items() if name not in TUPLES}
    for name in hp.keys() & TUPLES.keys():
        flat |= dict(zip(TUPLES[name], hp[name], strict=False))
    return {name: value for name, value in flat.items() if value is not None}


# --- which rule each variant is -----------------------------------------------------------------------


def rule(name: str, **always: Any) -> Callable[[Settings], Ours]:
    return lambda given: (name, given | always)


def descent(given: Settings) -> Ours:
    """One class with three rules in it."""
    nesterov = given.pop("nesterov", False)
    return ("nesterov" if nesterov else "momentum") if given.get("momentum") else "sgd", given


def amsgrad_torch(given: Settings) -> Ours:
    del given["amsgrad"]
    return "amsgradw" if given.pop("decoupled_weight_decay") else "amsgrad", given


def amsgrad_optax(given: Settings) -> Ours:
    forms = {(True, True): "before_max", (True, False): "first_moment", (False, False): "none"}
    flags = given.pop("bias_correction_mu"), given.pop("bias_correction_nu")
    return "amsgrad", given | {"bias_correction": forms[flags]}


def decoupled(given: Settings) -> Ours:
    return "adamw", given | {"decoupled_weight_decay": False}


def adabound(given: Settings) -> Ours:
    return "amsbound" if given.pop("amsbound") else "adabound", given


def adabelief_kozistr(given: Settings) -> Ours:
    """One eps for both places."""
    assert given.pop("weight_decouple")
    return "adabelief", given | {"eps_root": given["eps"]}


def rmsprop_keras(given: Settings) -> Ours:
    return "rmsprop", given | {"alpha": given.pop("rho"), "eps_in_sqrt": True}


def around(outer: str, base: Callable[[Settings], Ours], *own: str) -> Callable[[Settings], Ours]:
    """A rule with options of its own around a base that has the others."""

    def row(given: Settings) -> Ours:
        name, inner = base({option: value for option, value in given.items() if option not in own})
        return outer, {option: given[option] for option in own} | {"base": {name: known(name, inner)}}

    return row


def known(name: str, given: Settings) -> Settings:
    """The options that our rule has; any other must stand at the value that leaves it out."""
    parameters = OPTIMIZERS[name].parameters
    unknown = {option: value for option, value in given.items() if option not in parameters}
    assert unknown == {option: NEUTRAL[option] for option in unknown}
    return {option: value for option, value in given.items() if option in parameters}


ROWS: dict[str, Callable[[Settings], Ours]] = {
    "sgd_torch": descent,
    "sgd_optax": descent,
    "sgd_keras": lambda given: descent(given | {"decoupled": True}),
    "sgdw_kozistr": lambda given: descent(given | {"decoupled": given.pop("weight_decouple")}),
    "adagrad_torch": rule("adagrad"),
    "adagrad_optax": rule("adagrad", eps_in_sqrt=True),
    "adagrad_keras": rule("adagrad", eps_in_sqrt=True),
    "rmsprop_torch": rule("rmsprop"),
    "rmsprop_optax": rule("rmsprop"),
    "rmsprop_keras": rmsprop_keras,
    "adadelta_torch": rule("adadelta"),
    "adadelta_optax": rule("adadelta"),
    "adadelta_keras": rule("adadelta", decoupled=True),
    "rprop_torch": rule("rprop"),
    "adam_torch": rule("adam"),
    "adam_torch_nowd": rule("adam"),
    "adam_optax": rule("adam"),
    "adamw_torch": decoupled,
    "adamw_optax": rule("adamw"),
    "amsgrad_torch": amsgrad_torch,
    "amsgrad_optax": amsgrad_optax,
    "seed_i_amsgrad_paper": rule("amsgrad", bias_correction="none"),
    "seed_ii_amsgrad_numpy": rule("amsgrad", bias_correction="first_moment"),
    "adamax_keras": rule("adamax"),
    "adamax_jaxex": rule("adamax"),
    "seed_iii_adamax_tutorial": rule("adamax"),
    "adamax_torch": rule("adamax", eps_in_max=True),
    "adamax_optax": rule("adamax", eps_in_max=True, decoupled=True),
    "nadam_optax": rule("nadam", nesterov=False, decoupled=True),  # optax's name for the rule itself
    "nadam_torch": rule("nadam"),
    "nadam_keras": rule("nadam", momentum_decay=1.0),
    "nadamax_ens": rule("nadamax"),
    "radam_torch": rule("radam"),
    "adabound": adabound,
    "adabelief_optax": rule("adabelief"),
    "adabelief_kozistr": adabelief_kozistr,
    "yogi_optax": rule("yogi"),
    "yogi_jettify": rule("yogi"),
    "lion_optax": rule("lion"),
    "lion_torchstyle": rule("lion"),
    "lion_keras": rule("lion"),
    "adan_kozistr": rule("adan"),
    "qhadam": rule("qhadam"),
    "ademamix_optax": rule("ademamix"),
    "adopt_optax": rule("adopt"),
    "lamb_optax": rule("lamb"),
    "signsgd": rule("signsgd"),
    "prodigy": rule("prodigy"),
    "schedule_free_sgd": rule("schedule_free_sgd"),
    "schedule_free_adamw": rule("schedule_free_adamw"),
    "lookahead_adam_optax": around("lookahead", rule("adam"), "k", "alpha"),
    "lookahead_sgd_optax": around("lookahead", descent, "k", "alpha"),
    "sam": around("sam", descent, "rho"),
}


def ours(record: Mapping[str, Any]) -> Ours:
    """Our rule and settings for a record."""
    name, given = ROWS[record["variant"]](spelled(record["hp"]))
    return name, known(name, given)


RECORDS = REFERENCE["records"]


# --- the records --------------------------------------------------------------------------------------


def sequence_problem(grads: list[list[float]]) -> Problem:
    """Prescribed gradients, whatever the point."""
    table = np.array(grads)

    def gradient(x: Any, t: float) -> Any:
        row = table[int(t) - 1]
        return row.item() if type(x) is float else row

    def value(x: Any, t: Any) -> Any:
        return np.zeros(x.shape[1:])

    return Problem(
        name="sequence",
        dim=table.shape[1],
        value=value,
        gradient=gradient,
        formula="",
        latex="",
        title="",
        source="",
        online=True,
        window=None,
        start=None,
        minima=(),
        minima_found=False,
        f_min=None,
        domain=None,
    )


def problem_of(record: Mapping[str, Any]) -> tuple[Problem, list[int]]:
    """What the record minimises, and the steps at which its points stand."""
    if "seq" in record:
        grads = REFERENCE["grad_sequences"][record["seq"]]["grads"]
        return sequence_problem(grads), list(range(record["n"]))
    return from_catalogue(record["func"]), REFERENCE["steps_recorded"][: record["n"]]


@pytest.mark.parametrize("variant", few(ROWS, 4))
def test_reproduces_every_record(variant: str) -> None:
    for record in RECORDS:
        if record["variant"] != variant:
            continue
        problem, steps = problem_of(record)
        name, given = ours(record)
        path = run(name, problem, record["start"], max(steps[-1], 1), given, record="x").x
        expected = np.reshape(record["x"], (len(steps), problem.dim))
        error = np.abs(path[steps] - expected).max()
        assert error <= record["tol"], (record["id"], name, given, error)


def test_every_variant_has_its_row() -> None:
    assert set(ROWS) == set(REFERENCE["variants"])


# no library's records of these are at hand: their own tests derive them from a rule that has some
WITHOUT_RECORDS = {"amsbound"}


def test_every_rule_reproduces_some_record() -> None:
    reproduced = {ours(record)[0] for record in RECORDS}
    assert reproduced == set(OPTIMIZERS) - WITHOUT_RECORDS
