"""The tables: places, events, spendings, numbers that do not dance."""

from typing import cast

import numpy as np

from optviz.formula.typography import steady
from optviz.picture.frame_state import FrameState
from optviz.picture.panels import PANELS
from optviz.picture.panels.ranking import Ranking
from optviz.picture.panels.rates import Rates
from optviz.picture.scene import Scene
from tests.picture.panels.scenarios import BEALE, ONLINE
from tests.picture.races import scene_of


def table(text: str, name: str) -> tuple[Scene, "Ranking | Rates"]:
    scene = scene_of(text)
    return scene, cast("Ranking | Rates", PANELS[name].draw(scene, scene.grid.panels[name])[0])


def test_events_of_the_ranking() -> None:
    scene, ranking = table(BEALE.replace("steps: 60", "steps: 400") % "ranking", "ranking")
    assert isinstance(ranking, Ranking)
    last = [ranking._value(racer, 400, 400) for racer in range(5)]
    first = scene.result.racers[0].arrived_at
    assert first is not None
    assert last[0] == (True, f"✓ step {first}")
    assert ranking._value(0, first, first) == (True, f"inside since {first}")
    assert last[3] == (True, f"diverged at {scene.result.racers[3].trajectory.diverged_at}")
    assert ranking._value(0, 0, 0) == (False, steady(float(scene.result.racers[0].f[0])))


def test_rows_stand_in_their_places_at_both_ends_and_move_between() -> None:
    scene, ranking = table(BEALE % "ranking", "ranking")
    assert isinstance(ranking, Ranking)
    np.testing.assert_array_equal(np.argsort(ranking.rows[-1]), scene.result.order)
    np.testing.assert_array_equal(ranking.rows[0], np.arange(5))
    assert ranking.rows.min() >= 0
    assert ranking.rows.max() <= 4


def test_numbers_end_on_one_line_and_do_not_dance() -> None:
    scene, ranking = table(BEALE % "ranking", "ranking")
    assert isinstance(ranking, Ranking)
    _, right = scene.page.pixel(ranking.table.right, 0)
    for frame in (0, 10, 29):
        ends = [sprite.box.right for sprite in ranking.sprites(FrameState(int(scene.steps[frame]), frame))]
        assert ends.count(right) == 5
    widths = {ranking.values.number(steady(number)).width for number in (14.2, 2.41, 0.68)}
    assert len(widths) == 1


def test_an_online_race_shows_what_it_ranks_by() -> None:
    scene, ranking = table(ONLINE, "ranking")
    assert isinstance(ranking, Ranking)
    assert scene.result.regrets is not None
    assert ranking.measure == "average regret"
    assert ranking._value(1, 60, 60) == (False, steady(scene.result.regrets[1][-1]))
    assert ranking._value(1, 0, 0) == (False, "–")


def test_rates_count_steps_gradients_and_schedules() -> None:
    _, rates = table(ONLINE, "rates")
    assert isinstance(rates, Rates)
    assert rates._texts(0, 0) == ("0", "0", "0.10")
    assert rates._texts(0, 25) == ("25", "25", "0.020")
    twice = "function: beale\nsteps: 9\noptimizers: [sam: {base: {sgd: {lr: 0.01}}}, sgd: {lr: 100}]\n"
    _, rates = table(twice + "render: {panels: rates, size: 640x360}\n", "rates")
    assert isinstance(rates, Rates)
    assert rates._texts(0, 4)[:2] == ("4", "8")
    lost = rates.scene.result.racers[1].trajectory.diverged_at
    assert rates._texts(1, 9) == (str(lost), str(lost), "100")
