"""The tables: places, events, spendings, numbers that do not dance."""

from typing import cast

import numpy as np
import pytest

from optviz.formula.typography import steady
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.sprites import Sprite
from optviz.picture.panels import PANELS
from optviz.picture.panels.ranking import Cells, Ranking, _rate_at, rate_of
from optviz.picture.panels.rates import Rates
from optviz.picture.scene import Scene
from tests.picture.panels.scenarios import BEALE, ONLINE
from tests.picture.races import board_of, scene_of, view_of
from tests.picture.texts import Reader


def table(text: str, name: str) -> tuple[Scene, "Ranking | Rates"]:
    scene = scene_of(text)
    return scene, cast("Ranking | Rates", PANELS[name].draw(scene, scene.grid.panels[name])[0])


def test_the_step_and_the_number_of_a_row_stand_in_two_columns() -> None:
    scene, ranking = table(BEALE.replace("steps: 60", "steps: 400") % "ranking", "ranking")
    assert isinstance(ranking, Ranking)
    racers, f_min = scene.result.racers, scene.result.problem.f_min or 0.0
    last = [ranking._cells(racer, 400) for racer in range(5)]
    first = racers[0].arrived_at
    assert first is not None
    assert last[0] == Cells(f"✓ {first}", steady(float(racers[0].f[-1]) - f_min))
    assert ranking._cells(0, first) == Cells(str(first), steady(float(racers[0].f[first]) - f_min))
    assert ranking._cells(0, 0) == Cells("", steady(float(racers[0].f[0]) - f_min))
    assert last[3] == Cells(event=f"diverged at {racers[3].trajectory.diverged_at}")
    assert ranking.since_right is not None
    assert ranking.since_right < ranking.table.right


def test_who_came_to_rest_elsewhere_is_told_where() -> None:
    waves = "function: {formula: x**2 + 10*y**2 + 3*sin(3*x), window: [[-5, 5], [-4, 4]]}\nstart: [4, 3]\nsteps: 100\n"
    racers = "optimizers: [sgd: {lr: 0.05}, momentum: {lr: 0.01}, adam: {lr: 1.0e-4}]\n"
    _, ranking = table(f"{waves}{racers}render: {{size: 640x360, frames: 9, panels: ranking}}\n", "ranking")
    assert isinstance(ranking, Ranking)
    assert [ranking._cells(racer, 100).since for racer in range(3)] == ["local min.", "✓ 62", "moving"]


def test_who_climbs_far_above_the_start_is_told_as_leaving_from_then_on() -> None:
    bowl = "function: {formula: x**2 + y**2, window: [[-2, 2], [-2, 2]]}\nstart: [1, 0]\nsteps: 60\n"
    racers = "optimizers: [sgd: {lr: 0.3}, sgd: {lr: 1.2}]\n"
    _, ranking = table(f"{bowl}{racers}render: {{size: 640x360, frames: 9, panels: ranking}}\n", "ranking")
    assert isinstance(ranking, Ranking)
    said = [ranking._cells(1, step).since for step in range(61)]
    first = said.index("leaving")
    assert first == 7  # 1.4 to the power of 14 is the first above 100
    assert set(said[first:]) == {"leaving"}
    assert ranking._cells(0, 60).since.startswith("✓")


def test_a_rate_that_is_too_long_to_write_is_said_step_by_step() -> None:
    rate = "0.1 * (1 + cos(pi*t/50))"
    text = f"function: sphere\nsteps: 50\noptimizers: [sgd: {{lr: '{rate}', label: cosine}}, adam]\n"
    scene, ranking = table(f"{text}render: {{size: 720p, frames: 9, panels: ranking}}\n", "ranking")
    assert isinstance(ranking, Ranking)
    racer = scene.result.racers[0]
    assert [_rate_at(racer, step) for step in (0, 1, 25, 50)] == [
        steady(0.1 * (1 + np.cos(np.pi * t / 50))) for t in (1, 1, 25, 50)
    ]
    assert _rate_at(scene.result.racers[1], 25) == rate_of(scene.result.racers[1])
    heads = [one.get_text() for one in scene.page.figure.texts]
    assert "lr now" in heads


def test_a_race_without_a_finish_has_one_column() -> None:
    saddle = "function: saddle\nstart: [1, 0.1]\nsteps: 5\noptimizers: [adam, sgd]\n"
    _, ranking = table(saddle + "render: {size: 640x360, frames: 3, panels: ranking}\n", "ranking")
    assert isinstance(ranking, Ranking)
    assert ranking.since_right is None
    assert ranking._cells(0, 5).since == ""


def test_rates_that_the_names_tell_have_no_column() -> None:
    several = "function: sphere\nsteps: 5\noptimizers: [sgd: {lr: 0.1}, sgd: {lr: 0.2}]\n"
    _, ranking = table(several + "render: {size: 640x360, frames: 3, panels: ranking}\n", "ranking")
    assert isinstance(ranking, Ranking)
    assert ranking.rate_right is None
    assert ranking.labels == ["SGD lr 0.1", "SGD lr 0.2"]


def test_a_rate_that_all_share_stands_in_the_small_print_alone() -> None:
    same = "function: sphere\nsteps: 5\ncommon: {lr: 0.1}\noptimizers: [sgd, adam]\n"
    for footer in ("yes", "no"):
        look = f"render: {{size: 640x360, frames: 3, panels: ranking, footer: {footer}}}\n"
        _, ranking = table(same + look, "ranking")
        assert isinstance(ranking, Ranking)
        assert (ranking.rate_right is None) == (footer == "yes")


def test_shared_places_on_the_podium_stay_on_their_cards() -> None:
    twins = "optimizers: [adam: {lr: 0.1}, adam: {lr: 0.1, label: Twin}, sgd: {lr: 0.01}]"
    scene, ranking = table(f"function: sphere\nsteps: 300\n{twins}\nrender: {{size: 640x360}}\n", "ranking")
    assert isinstance(ranking, Ranking)
    assert scene.result.places[:2] == (1, 1)
    numbers = ranking._number_places(300, ranking.lifted)
    assert min(number.box.left for number in numbers) >= ranking.table.left * scene.page.scale - 1


ENDING = BEALE.replace("steps: 60", "steps: 400") % "ranking"


@pytest.mark.thorough
def test_the_podium_lifts_the_rows_of_the_first_three_and_leaves_the_view_alone() -> None:
    scene, ranking = table(ENDING, "ranking")
    assert isinstance(ranking, Ranking)
    moving, ended = FrameState(400, 29), FrameState(400, 29, podium=1.0)
    assert ranking.lifted == scene.result.podium
    assert 0 < len(ranking.lifted) <= 3
    assert all(scene.result.racers[racer].outcome == "arrived" for racer in ranking.lifted)
    extra = len(list(ranking.sprites(ended))) - len(list(ranking.sprites(moving)))
    assert extra == len(ranking.lifted)  # a card behind each of their rows
    board, frame = board_of(scene), view_of(scene_of(ENDING)).frame
    before, after = board.stills([moving, ended])
    rows, columns = slice(round(360 - frame.y1), round(360 - frame.y0)), slice(round(frame.x0), round(frame.x1))
    np.testing.assert_array_equal(before[rows, columns], after[rows, columns])
    assert (before != after).any()


ALONE = "function: sphere\nsteps: 40\noptimizers: [sgd: {lr: 0.3}]\nrender: {size: 640x360, panels: ranking}\n"


@pytest.mark.parametrize(
    "text", [ENDING.replace("frames", "podium: no, frames"), ENDING.replace("frames", "hold: 0, frames"), ALONE]
)
def test_no_row_is_lifted_where_none_is_wanted_nothing_is_held_or_one_races_alone(text: str) -> None:
    scene, ranking = table(text, "ranking")
    assert isinstance(ranking, Ranking)
    assert scene.result.podium
    assert ranking.lifted == ()


def test_where_nobody_arrived_no_row_is_lifted() -> None:
    lost = "function: rosenbrock\noptimizers: [sgd: {lr: 10}, momentum: {lr: 5}]\nrender: {size: 480x270}\n"
    scene, ranking = table(lost, "ranking")
    assert isinstance(ranking, Ranking)
    ended = list(ranking.sprites(FrameState(scene.result.steps, len(scene.steps) - 1, podium=1.0)))
    assert ended == list(ranking.sprites(FrameState(scene.result.steps, len(scene.steps) - 1)))


def test_equal_racers_share_a_place_from_the_start_on() -> None:
    twins = "optimizers: [adam: {lr: 0.1}, adam: {lr: 0.1, label: Twin}, sgd: {lr: 0.01}]"
    scene, ranking = table(f"function: beale\nsteps: 30\n{twins}\nrender: {{size: 640x360}}\n", "ranking")
    assert isinstance(ranking, Ranking)
    assert scene.result.places_at(0) == (1, 1, 1)
    assert scene.result.places_at(30) == scene.result.places
    assert scene.result.places[0] == scene.result.places[1]


def test_nobody_vanishes_while_rows_pass_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(monkeypatch)
    scene, ranking = table(BEALE % "ranking", "ranking")
    assert isinstance(ranking, Ranking)
    assert np.abs(ranking.drift).max() > 0.5
    assert (ranking.drift[scene.stops] == 0).all()
    for frame, step in enumerate(scene.steps.tolist()):
        drawn = list(ranking.sprites(FrameState(step, frame)))
        said = [reader.said.get(id(sprite), "") for sprite, _ in drawn]
        assert all(said.count(label) == 1 for label in ranking.labels)
        names = [sprite for (sprite, _), text in zip(drawn, said, strict=True) if text in ranking.labels]
        inks = [int(cast(Sprite, sprite).colour[..., 3].max()) for sprite in names]
        assert min(inks) > 200  # nobody is hidden: they are drawn, faint or not, and no card lies over them
        rising = [at for at, racer in enumerate(ranking.labels) if ranking.drift[frame, at] < -0.5]
        on_top = [ranking.labels.index(text) for text in said if text in ranking.labels][::-1][: len(rising)]
        assert set(on_top) == set(rising) or not rising


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
        assert ends.count(right) == 5  # a number or an event a row
    widths = {ranking._numbers(0.0).number(steady(number)).width for number in (14.2, 2.41, 0.68)}
    assert len(widths) == 1


def test_an_online_race_shows_what_it_ranks_by() -> None:
    scene, ranking = table(ONLINE, "ranking")
    assert isinstance(ranking, Ranking)
    assert scene.result.regrets is not None
    assert ranking.measure == "average regret"
    assert ranking._cells(1, 60) == Cells(number=steady(scene.result.regrets[1][-1]))
    assert ranking._cells(1, 0) == Cells(number="–")


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


def test_a_long_name_takes_two_lines_where_rows_are_high_and_is_cut_where_they_are_not() -> None:
    long = "Root mean square propagation as in the lecture of Tieleman and Hinton"
    text = f"function: beale\nsteps: 5\noptimizers: [adam, rmsprop: {{label: {long}}}]\n"
    for rows, lines in ((1, 2), (8, 1)):
        others = "".join(f", sgd: {{lr: {0.001 * number}, label: s{number}}}" for number in range(1, rows))
        scene = scene_of(text.replace("]\n", f"{others}]\n"), size="854x480", frames=3, panels=["ranking", "loss"])
        ranking = Ranking(scene, scene.grid.panels["ranking"].rect)
        label = ranking.labels[1]
        assert label.count("\n") == lines - 1
        assert label.endswith("…")
        assert "\n" not in ranking.labels[0]
        marks = ranking._marks(1, 1.0, 5, 0.0, 0.0, 0.0)
        boxes = [one.box for one in marks]
        assert all(box.top > 0 and box.bottom < scene.page.size[1] for box in boxes)
        letters = scene.page.lettering(ranking.name_size, scene.page.theme.ink)
        tops = [one.box.top for one in ranking.table.label(letters, label, 0.0, 1.0)]
        assert len(tops) == lines
