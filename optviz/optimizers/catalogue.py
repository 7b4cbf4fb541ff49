"""Every update rule, by name. One more optimizer: its rule in its family's file, and its row here.

Its colour and marker are a row in ``picture/layout/theme.py``.
"""

from __future__ import annotations

import copyreg
from typing import Any

from optviz.optimizers.adabelief import ADABELIEF, YOGI
from optviz.optimizers.adam import ADAM, ADAMW, AMSGRAD, AMSGRADW
from optviz.optimizers.adamax import ADAMAX
from optviz.optimizers.adan import ADAN
from optviz.optimizers.adaptive import ADADELTA, ADAGRAD, RMSPROP
from optviz.optimizers.averaging import ADEMAMIX, QHADAM
from optviz.optimizers.bounded import ADABOUND, AMSBOUND
from optviz.optimizers.nadam import NADAM, NADAMAX
from optviz.optimizers.normalised import ADOPT, LAMB
from optviz.optimizers.prodigy import PRODIGY
from optviz.optimizers.radam import RADAM
from optviz.optimizers.rule import Rule
from optviz.optimizers.schedule_free import SCHEDULE_FREE_ADAMW, SCHEDULE_FREE_SGD
from optviz.optimizers.sgd import MOMENTUM, NESTEROV, SGD
from optviz.optimizers.sign_based import LION, RPROP, SIGNSGD
from optviz.optimizers.wrappers import LOOKAHEAD, SAM

# in the order in which they are listed and taught
_RULES = (
    SGD, MOMENTUM, NESTEROV,
    ADAGRAD, RMSPROP, ADADELTA, RPROP,
    ADAM, ADAMW, AMSGRAD, AMSGRADW, ADAMAX, NADAM, NADAMAX, RADAM, ADABOUND, AMSBOUND, ADABELIEF, YOGI,
    LION, ADAN, QHADAM, ADEMAMIX, ADOPT, LAMB, SIGNSGD, PRODIGY,
    SCHEDULE_FREE_SGD, SCHEDULE_FREE_ADAMW,
    LOOKAHEAD, SAM,
)  # fmt: skip
OPTIMIZERS: dict[str, Rule] = {rule.name: rule for rule in _RULES}


def _named(name: str) -> Rule:
    return OPTIMIZERS[name]


def _reduced(rule: Rule) -> str | tuple[Any, ...]:
    """Pickle a rule of the catalogue as its name: what was made of that one elsewhere serves there; others whole."""
    return (_named, (rule.name,)) if OPTIMIZERS.get(rule.name) is rule else rule.__reduce_ex__(4)


copyreg.pickle(Rule, _reduced)
