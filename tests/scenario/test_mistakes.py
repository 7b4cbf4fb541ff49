"""Every row: a wrong scenario, and exactly what is said about it. This is the product's tone of voice."""

from __future__ import annotations

import pytest

from optviz.errors import OptvizError
from optviz.output import FORMATS
from optviz.scenario import loads

RACERS = "optimizers: [adam]\n"
GOOD = "function: beale\n" + RACERS
FORMULA = "function: {formula: x**2 + y**2}\nstart: [1, 1]\n" + RACERS


def said_about(text: str) -> list[str]:
    with pytest.raises(OptvizError) as caught:
        loads(text, name="x.yaml")
    return [str(issue) for issue in caught.value.issues]


NOT_YAML = [
    ("", "x.yaml:1:1: the file is empty; begin with function: and optimizers:"),
    ("# nothing yet\n", "x.yaml:1:1: the file is empty; begin with function: and optimizers:"),
    ("---\n", "x.yaml:2:1: the file is empty; begin with function: and optimizers:"),
    ("beale\n", "x.yaml:1:1: a scenario is a mapping of keys, got 'beale'; begin with function: and optimizers:"),
    ("- beale\n", "x.yaml:1:1: a scenario is a mapping of keys, got a list; begin with function: and optimizers:"),
    (GOOD + "---\n" + GOOD, "x.yaml:3:1: a second document begins here; one file holds one scenario"),
    ("function:\n\tformula: x\n", "x.yaml:2:1: a tab cannot indent; indent with spaces"),
    ("steps: 1\n\tseed: 2\n", "x.yaml:2:1: a tab cannot indent; indent with spaces"),
    ("start: [1, 2\nsteps: 3\n", "x.yaml:1:8: this [ is not closed; write ] at its end, commas between"),
    ("common: {lr: 1\nsteps: 3\n", "x.yaml:1:9: this { is not closed; write } at its end, commas between"),
    ("title: 'Race\nsteps: 3\n", "x.yaml:1:8: this quoted text is not closed; write the same quote at its end"),
    (
        "title: Race: the end\n",
        "x.yaml:1:12: a colon cannot stand here; quote text with a colon; check the indentation",
    ),
    (
        "steps: 3\n  seed: 1\n",
        "x.yaml:2:7: a colon cannot stand here; quote text with a colon; check the indentation",
    ),
    (
        " steps: 3\nseed: 1\n",
        "x.yaml:2:1: this does not fit the lines above; check the indentation and the quotes",
    ),
    ("steps: 3\n]\n", "x.yaml:2:1: expected key: value here; check the indentation and the quotes"),
    ("optimizers: - adam\n", "x.yaml:1:13: a list item cannot begin here; begin it on a line of its own"),
    ("title: @home\n", "x.yaml:1:8: text cannot begin with @; put it in quotes"),
    ("title: %x\n", "x.yaml:1:8: text cannot begin with %; put it in quotes"),
    ("title: *\n", "x.yaml:1:9: text cannot begin with & or *; put it in quotes"),
    ("title: |x\n  y\n", "x.yaml:1:9: text cannot begin with | or >; put it in quotes"),
    ('title: "C:\\dir"\n', "x.yaml:1:11: no such escape in double quotes; use single quotes"),
    ("%YAML 3.0\n---\nsteps: 1\n", "x.yaml:1:1: %YAML names a version unknown here; leave that line out"),
    ("[a, b]: 1\n", "x.yaml:1:1: a key must be text; write key: value"),
    ("a: &x [*x]\n", "x.yaml:1:1: a[0]: holds itself through an alias"),
    (
        "a: *x\n",
        "x.yaml:1:4: this alias repeats nothing; mark the value to repeat with & and the same name above",
    ),
    ("a: &x 1\nb: &x 2\n", "x.yaml:2:4: this & names a second value; give it another name"),
    ("a: " + "[" * 40 + "]" * 40 + "\n", "x.yaml:1:36: nested deeper than 32 levels"),
    (
        "title: a\x00b\n",
        "x.yaml:1:9: character U+0000 cannot stand in a text file; is this a binary file?",
    ),
    ("#" * 1_000_001, "x.yaml: larger than 1 MB, which no scenario is"),
]


@pytest.mark.parametrize(("text", "expected"), NOT_YAML)
def test_a_file_that_cannot_be_read_says_one_thing(text: str, expected: str) -> None:
    assert said_about(text) == [expected]


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
LONG_TEXT_BOMB = f"a: &a {'x' * 10_000}\nb: [{', '.join(['*a'] * 10_000)}]\n"
TALL_BOMB = "a0: &a0 [[[[x]]]]\n" + "".join(f"a{n}: &a{n} [[[[*a{n - 1}]]]]\n" for n in range(1, 300))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BOMB, "x.yaml:5:1: more than 20000 values, aliases written out; a scenario needs a few dozen"),
        (LONG_TEXT_BOMB, "x.yaml:2:1: more than 20000 values, aliases written out; a scenario needs a few dozen"),
        (TALL_BOMB, "x.yaml:8:1: nested deeper than 32 levels"),
    ],
)
def test_aliases_may_not_explode(text: str, expected: str) -> None:
    assert said_about(text) == [expected]


ONE_MISTAKE = [
    # --- keys
    ("stepps: 3\n" + GOOD, "x.yaml:1:1: stepps: unknown key; did you mean steps?"),
    ("fps: 3\n" + GOOD, "x.yaml:1:1: fps: unknown key; fps belongs under render"),
    ("formula: x\n" + GOOD, "x.yaml:1:1: formula: unknown key; formula belongs under function"),
    (GOOD + "render: {steps: 3}\n", "x.yaml:3:10: render.steps: unknown key; steps belongs at the top level"),
    (GOOD + "render: {siez: 4k}\n", "x.yaml:3:10: render.siez: unknown key; did you mean size?"),
    (GOOD + "<<: 3\n", "x.yaml:3:1: <<: must be a mapping or a list of mappings, such as *base"),
    (GOOD + "learning_rate: 1\n", "x.yaml:3:1: learning_rate: unknown key; common: {lr: ...} gives it to every racer"),
    (GOOD + "epochs: 1\n", "x.yaml:3:1: epochs: unknown key; it is called steps here"),
    (GOOD + "steps: 3\nsteps: 4\n", "x.yaml:4:1: steps: given twice, first on line 3; keep one of them"),
    (GOOD + "name: x\n", "x.yaml:3:1: name: unknown key; name belongs under function"),
    (GOOD + "title: !!str x\n", "x.yaml:3:8: title: tags such as !!str are not allowed; write the plain value"),
    (
        GOOD + "seed: !!python/object:os.system 3\n",
        "x.yaml:3:7: seed: tags such as !!python/object:os.system are not allowed; write the plain value",
    ),
    (GOOD + "1: 2\n", "x.yaml:3:1: 1: unknown key; allowed: title, function, network, start, starts, steps, seed, "
     "noise, common, optimizers, tuning, league, finish, stop, table, language, words, render, output"),
    # --- function
    (RACERS, "x.yaml:1:1: function: is required; such as function: beale"),
    ("function: baele\n" + RACERS, "x.yaml:1:11: function: no such function: baele; did you mean beale?"),
    ("function: Beale\n" + RACERS, "x.yaml:1:11: function: no such function: Beale; did you mean beale?"),
    ("function: x**2+z\nstart: 1\n" + RACERS, "x.yaml:1:16: function: unknown name z; allowed: x, y, t, pi, e"),
    (
        "function: {formula: max(x, min(1, 2), 3), window: [[-1, 2]]}\nstart: 1\n" + RACERS,
        "x.yaml:1:21: function.formula: in { } and [ ] a comma ends the value; quote it: 'max(x, min(1, 2), 3)'",
    ),
    (
        "function: {name: baele}\n" + RACERS,
        "x.yaml:1:18: function.name: no such function: baele; did you mean beale?",
    ),
    ("function: [beale]\n" + RACERS, "x.yaml:1:11: function: must be a mapping of keys, got a list"),
    (
        "function: {window: [[0, 1]]}\n" + RACERS,
        "x.yaml:1:11: function: needs either a name or a formula; such as formula: x**2 + y**2",
    ),
    (
        "function: {name: beale, constants: {m: 3}}\n" + RACERS,
        "x.yaml:1:40: function.constants.m: beale has no constant m; its formula has none",
    ),
    (
        "function: {name: beale, window: [[0, 1]]}\n" + RACERS,
        "x.yaml:1:33: function.window: the function has two coordinates (x, y), window has 1; "
        "write [[x0, x1], [y0, y1]]",
    ),
    (
        FORMULA.replace("}", ", window: [[1, 0], [0, 1]]}"),
        "x.yaml:1:43: function.window[0]: the low end must lie below the high end, got [1, 0]; did you mean [0, 1]?",
    ),
    (
        FORMULA.replace("}", ", window: [-1, 1]}"),
        "x.yaml:1:42: function.window: must be [[x0, x1]] or [[x0, x1], [y0, y1]], got [-1, 1]; "
        "did you mean [[-1, 1]]?",
    ),
    (
        FORMULA.replace("}", ", window: [[.nan, 1], [0, 1]]}"),
        "x.yaml:1:44: function.window[0][0]: must be a finite number, got .nan",
    ),
    (
        FORMULA.replace("}", ", minima: 3}"),
        "x.yaml:1:42: function.minima: must be a list of points, got 3; such as [[2, -1]]",
    ),
    (
        FORMULA.replace("}", ", constants: {a: big}}"),
        "x.yaml:1:49: function.constants.a: must be a number, got 'big'",
    ),
    (GOOD + "network: {}\n", "x.yaml:3:1: network: function and network exclude each other; keep one of them"),
    ("network: {layers: [9, 2]}\n" + RACERS,
     "x.yaml:1:19: network.layers: sine_of_sum needs 1 output, layers end in 2"),
    ("network: {data: two_moons, layers: [9, 1]}\n" + RACERS,
     "x.yaml:1:36: network.layers: two_moons has 2 inputs, layers begin with 9"),
    ("network: {layers: [10, 0, 1]}\n" + RACERS, "x.yaml:1:24: network.layers[1]: must be at least 1, got 0"),
    ("network: {batch: half}\n" + RACERS,
     "x.yaml:1:18: network.batch: must be full or a number of samples, got 'half'"),
    ("network: {samples: 20, batch: 21}\n" + RACERS,
     "x.yaml:1:31: network.batch: must be at most samples, 20, got 21; batch: full uses all of them"),
    ("network: {loss: cross_entropy}\n" + RACERS,
     "x.yaml:1:17: network.loss: cross_entropy needs classes, sine_of_sum has none; write loss: mse"),
    ("network: {activation: gelu}\n" + RACERS,
     "x.yaml:1:23: network.activation: must be relu, tanh or sigmoid, got 'gelu'; did you mean relu?"),
    ("network: {}\nstart: 1\n" + RACERS,
     "x.yaml:2:1: start: a network's initial weights come from the seed; remove start"),
    ("network: {}\nfinish: {distance: 1}\n" + RACERS,
     "x.yaml:2:20: finish.distance: no minimum of a network is known; a gap is the loss to reach, such as finish: "
     "{gap: 0.05}"),
    ("network: {}\nsteps: 1000000\n" + RACERS,
     "x.yaml:2:8: steps: 1000000 x 385 weights x 1 racers are too many numbers; at most 50 million are kept, "
     "several of each"),
    ("network: {}\nrender: {view: map}\n" + RACERS,
     "x.yaml:2:16: render.view: map does not fit a network; did you mean network?"),
    ("function: beale\nrender: {view: network}\n" + RACERS,
     "x.yaml:2:16: render.view: network does not fit a function of two coordinates (x, y); did you mean map?"),
    ("function: post_1d\noptimizers: [lion]\nrender: {view: effective_lr}\n",
     "x.yaml:3:16: render.view: no racer has an effective learning rate; did you mean curve?"),
    ("function: beale\nrender: {view: landscape}\n" + RACERS,
     "x.yaml:2:16: render.view: landscape does not fit a function of two coordinates (x, y); "
     "it is a plane through the weights of networks; map shows the function itself"),
    ("network: {}\nrender: {view: landscape, landscape: {plane: path}}\n" + RACERS,
     "x.yaml:2:46: render.landscape.plane: must be paths or random, got 'path'; did you mean paths?"),
    ("network: {}\nrender: {view: landscape, landscape: {grid: 5}}\n" + RACERS,
     "x.yaml:2:45: render.landscape.grid: must be at least 11, got 5"),
    ("network: {}\nrender: {view: landscape, landscape: {directions: 2}}\n" + RACERS,
     "x.yaml:2:39: render.landscape.directions: unknown key; allowed: plane, grid"),
    ("network: {data: two_moon}\n" + RACERS,
     "x.yaml:1:17: network.data: must be sine_of_sum, two_moons or spirals, got 'two_moon'; "
     "did you mean two_moons?"),
    # --- start, steps, seed
    (FORMULA.replace("start: [1, 1]\n", ""), "x.yaml:1:1: start: is required for a formula; such as start: [1, 0]"),
    (GOOD + "start: 1\n", "x.yaml:3:8: start: the function has two coordinates (x, y), start has 1; "
     "such as start: [1, 0]"),
    (
        "function: post_1d\nstart: [1, 2]\n" + RACERS,
        "x.yaml:2:8: start: the function has one coordinate (x), start has 2; such as start: -1",
    ),
    (GOOD + "start: [1, .inf]\n", "x.yaml:3:12: start[1]: must be a finite number, got .inf"),
    (GOOD + "start: [1, 1e999]\n", "x.yaml:3:12: start[1]: must be a finite number, got .inf"),
    (GOOD + "start: [1, two]\n", "x.yaml:3:12: start[1]: must be a number, got 'two'"),
    (GOOD + "start: {x: 1}\n", "x.yaml:3:8: start[0]: must be a number, got a mapping"),
    (GOOD + "steps: 0\n", "x.yaml:3:8: steps: must be at least 1, got 0"),
    (GOOD + "steps: 1000001\n", "x.yaml:3:8: steps: must be at most 1 000 000, got 1000001"),
    (GOOD + "steps: 2.5\n", "x.yaml:3:8: steps: must be a whole number, got 2.5"),
    (GOOD + "steps: yes\n", "x.yaml:3:8: steps: must be a whole number, got 'yes'"),
    (GOOD + "steps: true\n", "x.yaml:3:8: steps: must be a whole number, got true"),
    (GOOD + "steps:\n", "x.yaml:3:7: steps: must be a whole number, got nothing"),
    (GOOD + "steps: 1_000\n", "x.yaml:3:8: steps: must be a whole number, got '1_000'; write 1000"),
    (GOOD + f"seed: {'9' * 5000}\n", "x.yaml:3:7: seed: must be a whole number, got .inf"),
    # --- noise, finish
    (GOOD + "noise: 0.1\n", "x.yaml:3:8: noise: must be a mapping of keys, got 0.1; such as noise: {std: ...}"),
    (GOOD + "noise: {std: -1}\n", "x.yaml:3:14: noise.std: must be at least 0, got -1"),
    (
        GOOD + "noise: {spike_every: 7}\n",
        "x.yaml:3:8: noise: spike_every and spike_std need each other; such as {spike_every: 7, spike_std: 5}",
    ),
    (
        GOOD + "finish: {distance: 1, gap: 1}\n",
        "x.yaml:3:9: finish: needs either distance or gap; such as {distance: 0.05}",
    ),
    (GOOD + "finish: {distance: 0}\n", "x.yaml:3:20: finish.distance: must be greater than 0, got 0"),
    (
        "base: &b {lr: 0.1}\nfunction: beale\noptimizers: [adam: {<<: *b}]\n",
        "x.yaml:1:1: base: unknown key; write an anchor where it is used first: no key holds it alone",
    ),
    (GOOD + "finish: {gap: 0}\n", "x.yaml:3:15: finish.gap: must be greater than 0, got 0"),
    (
        "function: {formula: x*t}\nstart: 1\nrender: {view: curve}\nfinish: {gap: 1}\n" + RACERS,
        "x.yaml:4:1: finish: an online problem (a formula with t) has no fixed minimum; remove finish",
    ),
    # --- optimizers
    ("function: beale\n", "x.yaml:1:1: optimizers: is required; such as optimizers: [adam, adamax]"),
    (
        "function: beale\noptimizers: adam\n",
        "x.yaml:2:13: optimizers: must be a list, got 'adam'; begin each racer with '- '",
    ),
    ("function: beale\noptimizers: []\n", "x.yaml:2:13: optimizers: must be 1 to 24 racers, got 0"),
    (
        f"function: beale\noptimizers: [{', '.join(['adam'] * 25)}]\n",
        "x.yaml:2:13: optimizers: must be 1 to 24 racers, got 25",
    ),
    (
        "function: beale\noptimizers:\n  - adam\n  - adamaxx\n",
        "x.yaml:4:5: optimizers[1].adamaxx: no such optimizer; did you mean adamax?",
    ),
    (
        "function: beale\noptimizers:\n  - adam\n  - adamaxx: {lr: 0.1}\n",
        "x.yaml:4:5: optimizers[1].adamaxx: no such optimizer; did you mean adamax?",
    ),
    (
        "function: beale\noptimizers:\n  - adam:\n    lr: 0.1\n",
        "x.yaml:3:5: optimizers[0]: must name one optimizer, got adam, lr; indent lr under adam",
    ),
    (
        "function: beale\noptimizers:\n  - adam: {lr: 1}\n    adamax: {lr: 1}\n",
        "x.yaml:3:5: optimizers[0]: must name one optimizer, got adam, adamax; begin each racer with '- '",
    ),
    (
        "function: beale\noptimizers: [3]\n",
        "x.yaml:2:14: optimizers[0]: must be an optimizer's name, got 3; such as adam or adam: {lr: 0.1}",
    ),
    (
        "function: beale\noptimizers: [adam: 0.1]\n",
        "x.yaml:2:20: optimizers[0].adam: must be hyperparameters, got 0.1; such as adam: {lr: 0.1}",
    ),
    (
        "function: beale\noptimizers: [adam: {lrr: 0.1}]\n",
        "x.yaml:2:21: optimizers[0].adam.lrr: adam has no hyperparameter 'lrr'; did you mean lr?",
    ),
    (
        "function: beale\noptimizers: [sgd, amsgrad: {beta1: 1.5}]\n",
        "x.yaml:2:36: optimizers[1].amsgrad.beta1: must be in [0, 1), got 1.5",
    ),
    (
        "function: beale\noptimizers: [adam: {lr: {tune: 0.1}}]\n",
        "x.yaml:2:32: optimizers[0].adam.lr.tune: must be [low, high], got 0.1; such as {tune: [0.001, 1]}",
    ),
    (
        "function: beale\noptimizers: [adam: {lr: {tune: [1, 0.1]}}]\n",
        "x.yaml:2:32: optimizers[0].adam.lr.tune: the low end must lie below the high end, got [1, 0.1]; "
        "did you mean [0.1, 1]?",
    ),
    (
        "function: beale\noptimizers: [adam: {lr: {tune: [-1, 1]}}]\n",
        "x.yaml:2:33: optimizers[0].adam.lr.tune[0]: must be >= 0, got -1",
    ),
    (
        "function: beale\noptimizers: [adam: {lr: {tune: [0, 1]}}]\n",
        "x.yaml:2:33: optimizers[0].adam.lr.tune[0]: must be above 0: the logarithm is searched, got 0",
    ),
    (
        "function: beale\noptimizers: [adam: {beta2: {tune: [0.9, 1.5]}}]\n",
        "x.yaml:2:41: optimizers[0].adam.beta2.tune[1]: must be in [0, 1), got 1.5",
    ),
    (
        "function: beale\noptimizers: [adam: {beta2: {tune: [0, 0.5]}}]\n",
        "x.yaml:2:36: optimizers[0].adam.beta2.tune[0]: "
        "must lie between 0 and 1, neither included: the odds are searched, got 0",
    ),
    (
        "function: beale\noptimizers: [adam: {lr: {tune: [0.1, 1], trials: 9}}]\n",
        "x.yaml:2:42: optimizers[0].adam.lr.trials: unknown key; a range is written {tune: [0.001, 1]}",
    ),
    (
        "function: beale\noptimizers: [lookahead: {k: {tune: [2, 9]}}]\n",
        "x.yaml:2:29: optimizers[0].lookahead.k: must be a whole number, got {'tune': [2, 9]}",
    ),
    (GOOD + "tuning: {trials: 5}\n", "x.yaml:3:1: tuning: no hyperparameter is tuned; "
        "write a hyperparameter as {tune: [0.001, 1]}, or remove tuning"),
    (GOOD + "tuning: {starts: {grid: 3, random: 4}}\n", "x.yaml:3:18: tuning.starts: "
        "needs one of grid, random and points; such as {random: 200}"),
    ("function: beale\noptimizers: [adam: {lr: {tune: [0.1, 1]}}]\ntuning: {starts: [[1]]}\n",
        "x.yaml:3:19: tuning.starts[0]: the function has two coordinates (x, y), this start has 1; "
        "such as start: [1, 0]"),
    (
        "function: beale\noptimizers: [adam: {label: Z}, sgd: {label: Z}]\n",
        "x.yaml:2:45: optimizers[1].sgd.label: 'Z' is also optimizers[0].adam's; give each racer a label of its own",
    ),
    (
        "function: beale\noptimizers: [sam: {base: {adam: {lr: -1}}}]\n",
        "x.yaml:2:38: optimizers[0].sam.base.adam.lr: must be >= 0, got -1",
    ),
    (
        "function: beale\noptimizers: [sam: {base: {adam: {lrr: 1}}}]\n",
        "x.yaml:2:34: optimizers[0].sam.base.adam.lrr: adam has no hyperparameter 'lrr'; did you mean lr?",
    ),
    (
        "function: beale\noptimizers: [adam: {weight_decay: 1 - t/200}]\n",
        "x.yaml:2:35: optimizers[0].adam.weight_decay: must be >= 0, got -0.004999999999999893 at t = 201",
    ),
    ("function: beale\noptimizers: [adam: {label: ''}]\n", "x.yaml:2:28: optimizers[0].adam.label: must not be empty"),
    (
        GOOD + "common: [lr]\n",
        "x.yaml:3:9: common: must be a mapping of hyperparameters, got a list; such as {lr: 0.1}",
    ),
    (
        GOOD + "common: {betta1: 0.1}\n",
        "x.yaml:3:10: common.betta1: no racer has such a hyperparameter; did you mean beta1?",
    ),
    (GOOD + "common: {lr: -1}\n", "x.yaml:3:14: common.lr: must be >= 0, got -1"),
    # --- render
    (GOOD + "render: 720p\n", "x.yaml:3:9: render: must be a mapping of keys, got '720p'; such as render: {size: ...}"),
    (GOOD + "render: {size: 721p}\n", "x.yaml:3:16: render.size: no such size: '721p'; did you mean 720p?"),
    (
        GOOD + "render: {size: huge}\n",
        "x.yaml:3:16: render.size: no such size: 'huge'; "
        "write 1280x720, [1280, 720] or one of 480p, 720p, 1080p, 1440p, 4k",
    ),
    (
        GOOD + "render: {size: 641x480}\n",
        "x.yaml:3:16: render.size: width and height must be even, got 641x480; did you mean 642x480?",
    ),
    (
        GOOD + "render: {size: [100, 480]}\n",
        "x.yaml:3:16: render.size: width and height must be 160 to 7680 pixels, got 100x480",
    ),
    (GOOD + "render: {fps: 61}\n", "x.yaml:3:15: render.fps: must be at most 60, got 61"),
    (GOOD + "render: {frames: 0}\n", "x.yaml:3:18: render.frames: must be at least 1, got 0"),
    (
        GOOD + "render: {pace: lin}\n",
        "x.yaml:3:16: render.pace: must be linear, log, arc, story or a list of stretches, got 'lin'; "
        "did you mean linear?",
    ),
    (GOOD + "render: {hold: -1}\n", "x.yaml:3:16: render.hold: must be at least 0, got -1"),
    (
        GOOD + "render: {loop: 0}\n",
        "x.yaml:3:16: render.loop: must be true, false or how many times, 1 to 65 535, got 0; true plays it for ever",
    ),
    (GOOD + "render: {view: mapp}\n",
     "x.yaml:3:16: render.view: must be auto, curve, map, surface, time, effective_lr, grid, network, landscape or "
     "losses, got 'mapp'; did you mean map?"),
    (
        GOOD + "render: {view: curve}\n",
        "x.yaml:3:16: render.view: curve does not fit a function of two coordinates (x, y); did you mean map?",
    ),
    (GOOD + "render: {panels: [los]}\n",
     "x.yaml:3:19: render.panels[0]: must be loss, distance, gradient, effective_lr, state, regret, ranking, "
     "rates or step, got 'los'; did you mean loss?"),
    (GOOD + "render: {panels: [loss, loss]}\n", "x.yaml:3:25: render.panels[1]: loss is named twice; keep one of them"),
    (
        GOOD + "render: {panels: [loss, regret]}\n",
        "x.yaml:3:25: render.panels[1]: regret has nothing to show: regret belongs to a formula with t",
    ),
    (
        "function: {formula: x*sin(t)}\nstart: 1\n" + RACERS + "render: {view: curve, panels: regret}\n",
        "x.yaml:4:31: render.panels: regret has nothing to show: the best fixed point needs a domain",
    ),
    (
        "function: {formula: x*sin(t)}\nstart: 1\n" + RACERS + "render: {view: curve, panels: distance}\n",
        "x.yaml:4:31: render.panels: distance has nothing to show: no minimum is known",
    ),
    (
        "function: beale\noptimizers: [signsgd]\nrender: {panels: effective_lr}\n",
        "x.yaml:3:18: render.panels: effective_lr has nothing to show: no racer's rule has an effective learning rate",
    ),
    (
        "function: beale\noptimizers: [sgd]\nrender: {panels: state}\n",
        "x.yaml:3:18: render.panels: state has nothing to show: no racer's rule keeps a state",
    ),
    (GOOD + "render: {theme: drak}\n",
     "x.yaml:3:17: render.theme: must be light, dark or paper, got 'drak'; did you mean dark?"),
    (
        GOOD + "render: {trail: 0}\n",
        "x.yaml:3:17: render.trail: must be full, none or a number of steps, got 0",
    ),
    (GOOD + "render: {camera: {elevation: 0}}\n", "x.yaml:3:30: render.camera.elevation: must be at least 5, got 0"),
    (
        GOOD + "render: {captions: [{at: 301, text: a}]}\n",
        "x.yaml:3:26: render.captions[0].at: must be at most steps, 300, got 301",
    ),
    (
        GOOD + "render: {captions: [{at: 3, text: a}, {at: 3, text: b}]}\n",
        "x.yaml:3:44: render.captions[1].at: step 3 has one already; keep one of them",
    ),
    (
        GOOD + "render: {captions: [{at: 3, until: 3, text: a}]}\n",
        "x.yaml:3:36: render.captions[0].until: must be after at, step 3, got 3",
    ),
    (GOOD + "render: {captions: [{at: 3}]}\n", "x.yaml:3:21: render.captions[0].text: is required"),
    (
        GOOD + "render: {pauses: [{at: 3, seconds: 0}]}\n",
        "x.yaml:3:36: render.pauses[0].seconds: must be greater than 0, got 0",
    ),
    (
        GOOD + "render: {pace: [{from: 9, to: 3, speed: 2}]}\n",
        "x.yaml:3:17: render.pace[0]: must go forward, got from 9 to 3",
    ),
    (
        GOOD + "render: {pace: [{from: 0, to: 301, speed: 2}]}\n",
        "x.yaml:3:31: render.pace[0].to: must be at most steps, 300, got 301",
    ),
    (
        GOOD + "render: {pace: [{from: 0, to: 9, speed: 2}, {from: 8, to: 12, speed: 3}]}\n",
        "x.yaml:3:52: render.pace[1].from: shares steps with the stretch from 0 to 9; one speed for each step",
    ),
    (
        GOOD + "render: {pace: [{from: 0, to: 9, speed: 2, form: 0}]}\n",
        "x.yaml:3:44: render.pace[0].form: unknown key; did you mean from?",
    ),
    (
        GOOD + "render: {text: 4}\n",
        "x.yaml:3:16: render.text: must be normal, large or a factor from 0.5 to 3, got 4",
    ),
    (
        GOOD + "render: {text: lrage}\n",
        "x.yaml:3:16: render.text: must be normal, large or a factor from 0.5 to 3, got 'lrage'; did you mean large?",
    ),
    # --- output
    (GOOD + "output: a.gfi\n", "x.yaml:3:9: output: no such format: .gfi; did you mean .gif?"),
    (GOOD + "output: [a.gif, b.wepb]\n", "x.yaml:3:17: output[1]: no such format: .wepb; did you mean .webp?"),
    (
        GOOD + "output: film\n",
        "x.yaml:3:9: output: film has no suffix to pick the format by; "
        f"end it in {', '.join(list(FORMATS)[:-1])} or {list(FORMATS)[-1]}",
    ),
    (GOOD + "output: [a.gif, a.gif]\n", "x.yaml:3:17: output[1]: a.gif is named twice; keep one of them"),
    (GOOD + "output: 3\n", "x.yaml:3:9: output: must be a list of names, got 3"),
    (GOOD + "output: ''\n", "x.yaml:3:9: output[0]: must not be empty"),
    (GOOD + "title: ''\n", "x.yaml:3:8: title: must not be empty"),
    (GOOD + "title: [a]\n", "x.yaml:3:8: title: must be text, got a list; put it in quotes"),
    (GOOD + "table: {columns: [f, x, f]}\n", "x.yaml:3:25: table.columns[2]: f is named twice; keep one of them"),
    (GOOD + 'title: "a\\ab"\n', "x.yaml:3:8: title: holds a character that cannot be drawn: 'a\\x07b'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ONE_MISTAKE)
def test_one_mistake_is_named_once(text: str, expected: str) -> None:
    assert said_about(text) == [expected]


FORMULAS = [
    ("function: {formula: x**2 + zz}\nstart: 1\n", "x.yaml:1:28: function.formula: unknown name zz"),
    ("function: {formula: 'x**2 + zz'}\nstart: 1\n", "x.yaml:1:29: function.formula: unknown name zz"),
    ("function:\n  formula: >\n    x**2 +\n    zz\nstart: 1\n", "x.yaml:2:12: function.formula: unknown name zz"),
    ("function: {formula: x^2}\nstart: 1\n", "x.yaml:1:22: function.formula: "),
]


@pytest.mark.parametrize(("head", "expected"), FORMULAS)
def test_a_formulas_mistake_is_at_its_character(head: str, expected: str) -> None:
    (said,) = said_about(head + RACERS)
    assert said.startswith(expected)


def test_a_wrong_window_does_not_hide_other_mistakes() -> None:
    said = said_about("function: {formula: x + y, window: [[0, 1]], minima: [1]}\nstart: 1\n" + RACERS)
    assert [line.split(": ")[1] for line in said] == ["function.window", "function.minima[0]", "start"]
    said = said_about("function: {name: beale, domain: [[0, 1]]}\nstart: [1, 1]\nrender: {view: curve}\n" + RACERS)
    assert [line.split(": ")[1] for line in said] == ["function.domain", "render.view"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("function: 1/x\nstart: 0", "the function must be finite there, got inf at [0.0]"),
        ("function: log(-x)\nstart: 1", "the function must be finite there, got nan at [1.0]"),
    ],
)
def test_a_start_where_the_function_is_not_finite(head: str, expected: str) -> None:
    head = head.replace("function: ", "function: {formula: ").replace("\n", "}\n")
    (said,) = said_about(f"{head}\n{RACERS}")
    assert said == f"x.yaml:2:8: start: {expected}"


def test_a_formulas_mistake_has_its_width() -> None:
    with pytest.raises(OptvizError) as refused:
        loads("function: {formula: x**2 + zz}\nstart: 1\n" + RACERS)
    assert [(issue.column, issue.width) for issue in refused.value.issues] == [(28, 2)]


def test_a_schedules_mistake_is_at_its_character() -> None:
    (said,) = said_about("function: beale\noptimizers:\n  - adam: {lr: 0.1/sqrt(q)}\n")
    assert said.startswith("x.yaml:3:25: optimizers[0].adam.lr: unknown name q")


MANY = """\
function: {formula: 2*x**2 + zz, window: [[1, 0]], colour: red}
start: [1, 0, 3]
steps: 0
common: {lr: -0.05, beta7: 3}
optimizers:
  - adamaxx
  - amsgrad: {beta1: 1.5, label: no}
  - momentum: {label: no}
render: {fps: 61, theme: drak, view: surfaces, panels: [loss, loss], captions: [{at: 900}]}
output: [a.gfi, b]
fps: 30
"""


def test_all_mistakes_are_named_at_once_in_the_order_of_the_file() -> None:
    paths = [issue.path for issue in _issues(MANY)]
    assert paths == [
        "function.formula",
        "function.window[0]",
        "function.colour",
        "start",
        "steps",
        "common.lr",
        "common.beta7",
        "optimizers[0].adamaxx",
        "optimizers[1].amsgrad.beta1",
        "optimizers[2].momentum.label",
        "render.fps",
        "render.theme",
        "render.view",
        "render.panels[1]",
        "render.captions[0].text",
        "output[0]",
        "output[1]",
        "fps",
    ]


def _issues(text: str):
    with pytest.raises(OptvizError) as caught:
        loads(text)
    return caught.value.issues


def test_a_common_key_of_no_rule_is_named_even_while_a_racer_is_misspelt() -> None:
    issues = _issues("function: beale\ncommon: {lrr: 0.05}\noptimizers: [adma]\n")
    assert [str(issue).split(": ", 1)[1] for issue in issues] == [
        "common.lrr: no racer has such a hyperparameter; did you mean lr?",
        "optimizers[0].adma: no such optimizer; did you mean adamax?",
    ]


def test_a_common_key_may_belong_to_a_racer_that_is_misspelt() -> None:
    paths = [issue.path for issue in _issues("function: beale\ncommon: {momentum: 0.9}\noptimizers: [momentumm]\n")]
    assert paths == ["optimizers[0].momentumm"]


def test_an_override_is_blamed_without_a_place_in_the_file() -> None:
    with pytest.raises(OptvizError) as caught:
        loads(GOOD + "output: a.gif\n", overrides={"output": ["b.gfi"], "render.fps": 0})
    assert [str(issue) for issue in caught.value.issues] == [
        "render.fps: must be at least 1, got 0",
        "output: no such format: .gfi; did you mean .gif?",
    ]


@pytest.mark.thorough
def test_each_of_many_mistakes_on_one_line_has_its_column() -> None:
    text = GOOD + "render: {" + ", ".join(f"k{i}: {i}" for i in range(1500)) + "}\n"
    issues = _issues(text)
    assert [issue.source[(issue.column or 0) - 1 :][: issue.width] for issue in issues] == [
        f"k{i}" for i in range(1500)
    ]
