"""Mathematics on terminals that lack its characters."""

from __future__ import annotations

import pytest

from optviz.cli.spelled import use_spellings
from optviz.optimizers import OPTIMIZERS

use_spellings()


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("m ← β₁m + (1−β₁)g", "m <- beta1 m + (1-beta1)g"),
        ("x ← x − η m̂ / (√v̂ + ε)", "x <- x - eta m_hat / (sqrt v_hat + eps)"),
        ("ηλx, ρ∞ − 2tβ₂ᵗ", "eta lambda x, rho inf - 2t beta2^t"),
        ("‖s‖₁ x³", "||s||1 x^3"),
        ("漢", "?"),
        ("Lévy, Hölder, ñ", "Levy, Holder, n"),
    ],
)
def test_symbols_are_spelled(text: str, spelled: str) -> None:
    assert text.encode("ascii", "spelled").decode() == spelled


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_equation_survives(name: str) -> None:
    text = "\n".join(OPTIMIZERS[name].equations)
    assert "?" not in text.encode("ascii", "spelled").decode()
