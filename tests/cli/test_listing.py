"""``optviz list``: every name that a scenario can use."""

from __future__ import annotations

import pytest

from optviz.optimizers import OPTIMIZERS
from optviz.problems import FUNCTIONS
from tests.cli import optviz_says


@pytest.mark.thorough
def test_list_names_every_optimizer_and_function() -> None:
    optimizers, functions = optviz_says("list", "optimizers").stdout, optviz_says("list", "functions").stdout
    assert [line.split()[0] for line in optimizers.splitlines()] == ["name", *OPTIMIZERS]
    assert [line.split()[0] for line in functions.splitlines()] == ["name", *FUNCTIONS]
    assert optviz_says("list").stdout.startswith(f"{optimizers}\n{functions}\n")
