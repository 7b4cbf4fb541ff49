"""Every update rule, by name. One more optimizer: its rule in its family's file, and its name here."""

from __future__ import annotations

from optviz.optimizers.adabelief import ADABELIEF, YOGI
from optviz.optimizers.adam import ADAM, ADAMW, AMSGRAD, AMSGRADW
from optviz.optimizers.adamax import ADAMAX
from optviz.optimizers.adan import ADAN
from optviz.optimizers.adaptive import ADADELTA, ADAGRAD, RMSPROP
from optviz.optimizers.averaging import ADEMAMIX, QHADAM
from optviz.optimizers.bounded import ADABOUND, AMSBOUND
from optviz.optimizers.nadam import NADAM, NADAMAX
from optviz.optimizers.normalised import ADOPT, LAMB
from optviz.optimizers.radam import RADAM
from optviz.optimizers.rule import Rule
from optviz.optimizers.schedule_free import PRODIGY, SCHEDULE_FREE_ADAMW, SCHEDULE_FREE_SGD
from optviz.optimizers.sgd import MOMENTUM, NESTEROV, SGD
from optviz.optimizers.sign_based import LION, RPROP, SIGNSGD
from optviz.optimizers.wrappers import LOOKAHEAD, SAM

OPTIMIZERS: dict[str, Rule] = {
    "sgd": SGD,
    "momentum": MOMENTUM,
    "nesterov": NESTEROV,
    "adagrad": ADAGRAD,
    "rmsprop": RMSPROP,
    "adadelta": ADADELTA,
    "rprop": RPROP,
    "adam": ADAM,
    "adamw": ADAMW,
    "amsgrad": AMSGRAD,
    "amsgradw": AMSGRADW,
    "adamax": ADAMAX,
    "nadam": NADAM,
    "nadamax": NADAMAX,
    "radam": RADAM,
    "adabound": ADABOUND,
    "amsbound": AMSBOUND,
    "adabelief": ADABELIEF,
    "yogi": YOGI,
    "lion": LION,
    "adan": ADAN,
    "qhadam": QHADAM,
    "ademamix": ADEMAMIX,
    "adopt": ADOPT,
    "lamb": LAMB,
    "signsgd": SIGNSGD,
    "prodigy": PRODIGY,
    "schedule_free_sgd": SCHEDULE_FREE_SGD,
    "schedule_free_adamw": SCHEDULE_FREE_ADAMW,
    "lookahead": LOOKAHEAD,
    "sam": SAM,
}
