"""Pictures drawn ahead, handed out in order."""

import pytest

from optviz.picture.machine.prefetch import Prefetch


def test_prefetch_draws_each_picture_once_and_again_only_when_asked_to_go_back() -> None:
    begun: list[int] = []

    def draw(number: int) -> int:
        begun.append(number)
        return number * number

    images = Prefetch(draw, 30)
    for number in range(30):
        assert images[number] == number * number
        assert images[number] == number * number
    assert sorted(begun) == list(range(30))
    assert images[3] == 9


def test_prefetch_raises_the_error_of_the_picture_asked_for() -> None:
    images: Prefetch[int] = Prefetch(lambda number: 1 // (number - 2), 5)
    assert [images[0], images[1]] == [-1, -1]
    with pytest.raises(ZeroDivisionError):
        images[2]
