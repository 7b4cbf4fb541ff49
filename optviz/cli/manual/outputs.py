"""The page of formats, sizes and timing."""

from __future__ import annotations

import textwrap

from optviz.cli.tables import WIDTH, pairs, table
from optviz.output import FORMATS
from optviz.pipeline.presets import PRESETS
from optviz.pipeline.preview import PREVIEW_FRAMES, PREVIEW_SIDE_PX
from optviz.scenario.fields import SIZES

_PAGE = """Outputs

The extension selects the format. A scenario names one path or a list, -o
replaces them; the race is computed and drawn once for all. A file appears whole
or not at all, and the same scenario gives the same bytes.

What -o names is replaced. A path from the scenario, --to, --poster or --alt
replaces only what optviz made, which it knows by a mark in the file. A scenario
that is read is never overwritten, nor a pipe or a device. A file that is
replaced keeps its mode and owner, and a link stays a link.

{formats}

{sizes}

A number in a PNG's name, frames/%04d.png, writes a picture for every frame, the
hold left out. -o - --format gif writes to standard output; --format alone picks
the format of the file that the scenario names.

Several themes, --theme light,dark or theme: [light, dark], make a file each,
the theme's name before the suffix: race.light.gif. All appear or none.

--sheet 6 makes stills contact sheets. In PDF that is one page of vectors, A4 or
--paper letter, in --columns or in those that make the pictures largest; words
are large there unless render: text: says otherwise. --svg-text leaves the words
of an SVG text, to be set and edited in the fonts of who opens it.

An animation lasts frames / fps + hold seconds. frames is independent of steps:
a frame shows the race at one step, the first frame the start, the last frame
the last step. A pause or a hold is one long picture in every format, so a
video's rate varies; MP4 and WebM show the held picture once more at its end,
for players that cut the last one short.

A page, -o race.html, is one file that asks nothing of a network: the rules and
the gradient are in it as JavaScript. Click or drag a start, move any number of
a rule, add racers, brush a swarm, see the basins; click a racer to see its step
term by term; copy what is on the screen as YAML. Its trajectories are those of
Python, bit for bit where the function is algebraic, else to about 12 digits,
and diverge at the same steps. Networks, functions given in Python, racers from
elsewhere and rules with a hidden memory are played from what was recorded, and
say so.
--embed prints what another site needs to show it.

A network's weights have no picture; view: landscape draws its loss on a plane
through the paths of all racers, along their two principal components, and all
racers on it. landscape: {{plane: random}} lays it around the first place's last
weights instead, along two random directions with filters as long as theirs (Li
et al. 2018). Under the map stands how much of the paths' variance the plane
holds. In the loss panel dashed lines are the loss in the plane, solid ones the
true loss: where they part, the picture is far from what happened. Data carry
the plane, the loss on it, and each racer's place in it and loss there. Losses
of networks take tanh and sigmoid from an exponential, gradients from NumPy's
tanh; the two differ by less than 4e-16.

Animations, pages and images hold the scenario they were made from; it is
printed by
optviz show race.gif

--dry-run estimates frames, duration and file size. --max-size 10MB keeps each
animation under a size: it reduces width (down to 640 pixels), then the frame
rate (down to 12 a second), then colours, then each of them further, and reports
what it reduced. --for sets what a target platform takes:

{targets}

--table prints numbers after the race, as table: does in a scenario:

  optviz race my.yaml --table f,state.v,Adam/effective_lr

  table:
    columns: [f, state.v, Adam/effective_lr]
    steps: [1, 5, 10]   # eleven from the first to the last, if left out

A column is x, f, gradient, "|g|", lr, effective_lr, average_regret or
state.NAME: that of every racer that has it, or LABEL/COLUMN for one racer's. In
two and more dimensions x0, x1 and so on name one coordinate. --table-as
markdown or csv prints the table alone on standard output, for a file or another
program; CSV has all digits. (-o numbers.csv is every number of every step.)

--preview renders {side} pixels wide with {frames} frames, into
outputs/NAME.preview.gif unless -o says where.

Every scenario of a folder is rendered by optviz gallery FOLDER, and index.html,
a page without scripts that shows all pictures, each with its scenario. Without
FOLDER, they are those that ship. --theme, --size, --text, --fps and --set
change all of them.

A scenario is rendered again whenever it is saved by optviz watch FILE, which is
also race --watch: first NAME.watch.png beside the film, then all the files. A
mistake lies over the last picture that was right. --serve shows all that on a
page of this machine alone, which changes by itself.

--show plays the race in this terminal, by kitty's graphics, Sixel or half
blocks, as the terminal says that it can (kitty, Ghostty, WezTerm, foot, iTerm2,
xterm -ti vt340; kitty in tmux with allow-passthrough on). q ends it. Files are
then written only where -o names them.

--changed leaves out what need not be made again. A picture holds a digest of
all that decides it: text and defaults of the scenario, flags, recorded runs,
fonts that are not Matplotlib's; the version stands beside it. Times of files do
not matter. Numbers (.json, .csv, .npz, .txt), and pictures in which code of
others takes part (Python, torch, optax), are always made again.

  render:
    size: 1080p
    fps: 50          # a frame every 20 ms; GIF delays are exact to the
                     # centisecond on the running clock
    frames: 300      # of motion, whatever the number of steps
    pace: story      # slow where something happens; log: the early steps slower
    captions: auto   # tells it: who overshoots, takes the lead, arrives first
    hold: 3          # seconds on the last frame
"""


def text() -> str:
    """Return the page."""
    rows = [(f"  {extension}", form.kind, form.name) for extension, form in FORMATS.items()]
    sizes = ", ".join(f"{name} ({width}x{height})" for name, (width, height) in SIZES.items())
    any_size = f"Sizes: {sizes}, or any even width and height from 160 to 7680 such as 1280x720."
    return _PAGE.format(
        formats=table(("  extension", "kind", "format"), rows),
        sizes=textwrap.fill(any_size, WIDTH),
        targets=pairs([(name, preset.meaning) for name, preset in PRESETS.items()], "  "),
        side=PREVIEW_SIDE_PX,
        frames=PREVIEW_FRAMES,
    )
