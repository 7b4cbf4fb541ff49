"""Sizes in bytes, read and written."""

from __future__ import annotations

import pytest

from optviz.errors import OptvizError
from optviz.pipeline.sizes import format_bytes, parse_bytes


@pytest.mark.parametrize(
    ("text", "size"),
    [("10MB", 10**7), ("800 kB", 800_000), ("2.5MiB", 5 << 19), ("1234", 1234), (".5mb", 500_000)],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_bytes(text) == size


@pytest.mark.parametrize("text", ["ten", "10 bananas", "-3MB", "0", "1e6", ""])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(OptvizError, match="is no size; write it as 10MB"):
        parse_bytes(text)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (999_499, "999 kB"), (1_260_000, "1.3 MB")]
)
def test_sizes_are_written(count: int, text: str) -> None:
    assert format_bytes(count) == text
