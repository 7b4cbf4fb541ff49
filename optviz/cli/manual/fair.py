"""The page of fair comparisons: swarms, tuning, sweeps, basins, leagues."""

from __future__ import annotations

import textwrap

from optviz.cli.tables import WIDTH
from optviz.engine.league_study import BAND_COUNT
from optviz.engine.resampling import COUNT
from optviz.engine.rulesets import RULESETS
from optviz.engine.statistics import ENTROPY_BOX
from optviz.optimizers.search import EDGE_SHARE, WIDENING
from optviz.scenario.comparison import TuningSettings

_PAGE = """Fair comparisons

A race says little if one racer's learning rate, or the start, was lucky. Five
ways to know; each states its protocol in the picture's small print, in the data
and in the alt text. No racer is clipped, clamped or scaled unless the scenario
says so.

A swarm: every racer from many starts

  starts: {{random: 200, seed: 1}}     or {{grid: 8}}, or a list of points
  starts: {{grid: 5, seeds: 20}}       each start 20 times with new noise

The view shows a dot for each run and the trail of the swarm's median; curves
show medians, between them the quartiles. Racers rank by their median arrival,
told with its 95 % interval (order statistics of the sign test); a run that does
not arrive counts as infinite. The data hold every run as a race of its own.

Tuning: the same budget for all

  common: {{lr: {{tune: [0.0001, 1]}}}}
  tuning: {{trials: {trials}, starts: {{random: 25}}, metric: final}}

A range is searched evenly in its logarithm, a share in (0, 1) in that of its
odds; several ranges of one racer share its trials (Halton's points). Kept is
the lowest median over the runs: of the last f, or of the steps to arrive
(metric: target). A best value in the outer {edge:.0f} % of its range is a warning;
--widen extends the range {widening:g} times, for every racer. optviz race tunes
first and says so; optviz tune shows every trial, and what the best of k trials
would be, with a distribution-free 95 % band (Dvoretzky, Kiefer, Wolfowitz).

  optviz tune race.yaml --widen --write tuned.yaml

A sweep: every value of one hyperparameter, or of two

  optviz sweep race.yaml --over lr=1e-4:10
  optviz sweep race.yaml --over lr=1e-3:1:log:200 --over beta2=0.5:0.999

A value works if the racer arrives; without a finish line if it comes within 5 %
of its best. --measure steps shows the steps to arrive in place of f, --measure
outcome what becomes of each value. Of two axes every racer has a map, grey
where it diverges. --zoom X,Y --decades 8 films a dive into the boundary between
learning and divergence.

Basins: every pixel a start

  optviz basins himmelblau --grid 400 -o basins.png -o basins.mp4
  optviz basins himmelblau --flow -o flow.mp4

Colours tell which minimum a start reaches, pale ones that it does so late.
Areas have Wilson's 95 % interval; entropy is the mean over boxes of {box} x {box}
starts (Daza et al. 2016), and the boundary's dimension is fitted to counts of
boxes that hold two basins; 1 is a smooth line.

A league: many rules on many functions, ranked by five protocols

  optviz league                                     configs/fair/ranking.yaml
  optviz league race.yaml --ruleset coco -o league.png -o league.csv
  optviz league --rules all --functions all --resume cells

  league: {{functions: [beale, rastrigin], rates: 32, lr: [0.0001, 10],
           starts: {{random: 25, seed: 1}}, ruleset: final}}

Every rule has the same learning rates, starts and gradients (a rule that asks
twice a step makes half the steps). The same runs are scored five times:

{rulesets}

Intervals, places and the probability of being first come from drawing each
function's starts again {count} times (a stratified percentile bootstrap), the
bands of curves from the first {bands} of these. Rules with the same score share
a place, and the probability; of those whose median never arrives (target), the
one that solves more is ahead.
Performance profiles (Dolan and More 2002) compare with the fastest rule on each
start of each function; the JSON has them for every rule left out, too. The CSV
has a row for each rule and function, the NPZ every run. A gap is |f - f_min|:
what falls below the minimum outside the window is no better for it.

Past one machine, and past one evening

  dask scheduler                                    on one machine
  dask worker tcp://10.0.0.1:8786                   on each, with this optviz
  optviz league --rules all --functions all --scheduler tcp://10.0.0.1:8786
  optviz basins himmelblau --grid 4000 -o basins.png --resume cells

tune, sweep, basins, league and gallery take --scheduler (pip install
'optviz[dask]'), which sends their cells to a running cluster; without it they
are computed here, long ones in other processes. The numbers, and the films of a
gallery, are the same to the byte, however many workers there are and whichever
of them die. A cell that fails is named, its racer left out, the others are
whole; the exit code is 1.
--resume FOLDER keeps each cell as soon as it is finished, so that Ctrl-C, or a
crash, loses none of them; the same command goes on from there. A folder holds
cells of one protocol; racers may come and go.

Each command takes -o with .png .svg .pdf .gif .mp4 .webm .webp .apng .json .csv
.npz .txt; --at STEP makes a still of another step.
"""


def text() -> str:
    """Return the page."""
    trials = TuningSettings.model_fields["trials"].default
    told = (f"{one.name}: {one.says} ({one.source})." for one in RULESETS.values())
    rulesets = "\n".join(textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="    ") for line in told)
    return _PAGE.format(
        trials=trials,
        edge=100 * EDGE_SHARE,
        widening=WIDENING,
        box=ENTROPY_BOX,
        rulesets=rulesets,
        count=COUNT,
        bands=BAND_COUNT,
    )
