"""The page of the Python interface. The tests run its examples, in order, in one namespace."""

from __future__ import annotations

from optviz.cli.tables import pairs
from optviz.optimizers.custom import ARGUMENTS

_PAGE = """Python

A Scenario from a file, from YAML text, or from the keys of a file as keywords:

    import optviz

    scenario = optviz.load("race")    # a path, or a shipped scenario's name
    scenario = optviz.build(
        function="beale",
        start=[0.7, 1.4],
        steps=100,
        optimizers=["adam", {{"amsgrad": {{"lr": 0.1, "label": "Ours"}}}}],
    )

The race, its racers by label, and its files:

    race = optviz.run(scenario)
    race.ranking                      # labels, the first place first
    race["Adam"].x                    # (steps + 1, dim), x[0] is the start
    race["Adam"].f, race["Adam"].gradient
    race["Adam"].state["v"], race["Adam"].effective_lr
    [racer.label for racer in race], "Adam" in race
    race["Ours"].outcome, race["Ours"].arrived_at
    race.problem.minima, race.problem.value(race["Adam"].x[-1], 1)
    race.table()                      # rows by place, as pandas.DataFrame takes
    race.to_dict()                    # what the .json holds
    race.arrays()["Adam/x"]           # what the .npz holds
    race.save("race.json", "race.gif")  # all or none

A race can be copied, pickled and sent to another process, with own optimizers
and functions wherever Python can import these by name, but not with a loss of
torch or JAX. Dotted paths replace keys of a file:

    optviz.load("race", {{"render.theme": "dark"}})

Pictures of Matplotlib: the whole page as a figure, or the race drawn into axes
of your own, as artists in the units of the data. Limits are set where the axes
hold no data yet; rcParams and what is there already stay as they are.

    figure = race.figure(step=40)     # the last frame without a step
    figure.savefig("race.pdf")

    from matplotlib.figure import Figure
    left, right = Figure(figsize=(9, 4)).subplots(1, 2)
    trails = race.draw(left)          # land, trails, heads, names
    trails["Ours"].set_linewidth(4)
    right.semilogy(race["Adam"].f)

In a notebook a race that ends a cell is shown as its animation, race.page() as
a live page to play with. After
%load_ext optviz a cell that begins with %%optviz holds a scenario in YAML, and
words on that line replace keys: %%optviz render.size=480p. All errors of a
scenario come as one optviz.OptvizError; a file that cannot be written raises
optviz.OutputError.

An optimizer of your own stands where a name would. A function returns the new x
and takes its hyperparameters, with defaults, after the rest; a class is
instantiated for each race and keeps its own state:

    def signed(x, g, lr=0.01):
        return x - lr * (abs(g) > 0) * g / abs(g)

    class HeavyBall:
        state = ("velocity",)          # attributes to record

        def __init__(self, lr=0.01, beta=0.9):
            self.lr, self.beta, self.velocity = lr, beta, 0.0

        def step(self, x, g):
            self.velocity = self.beta * self.velocity + g
            return x - self.lr * self.velocity

    light = {{HeavyBall: {{"beta": 0.5, "label": "Light"}}}}
    scenario = optviz.build(
        function="beale", optimizers=["momentum", signed, HeavyBall, light]
    )
    race = optviz.run(scenario)
    race["HeavyBall"].state["velocity"]
    around = [{{"lookahead": {{"base": HeavyBall}}}}, {{"sam": {{"base": signed}}}}]
    race = optviz.run(optviz.build(function="beale", optimizers=around))

Classes and instances of other libraries' optimizers stand there as they are,
torch.optim.Adam, optax.adam(0.01) or keras.optimizers.SGD(0.1), and race by
their own code, in float64. So do losses
of torch and JAX where a function stands, of x, of x and y, or of one vector:
their library's autograd gives the gradient.

A module of PyTorch's trains where a network stands, in float64 and evaluation
mode, so that dropout is off; yours stays as it is. Without data the loss is one
of the module alone:

  loss = torch.nn.functional.cross_entropy    # of outputs and targets
  network = {{"module": net, "loss": loss, "data": (inputs, targets)}}
  optviz.build(network={{**network, "batch": 32}}, optimizers=["adam"])

render={{"view": "landscape"}} shows its loss on a plane through all paths. That
takes ten thousand losses; optviz.run(scenario, tiles="folder") keeps each row
of them there as soon as it is finished, and goes on where it ended, after a
Ctrl-C too. Whatever changes the loss or the plane makes rows of its own.

A step takes, by name,

{arguments}

A function of your own stands where a formula would, alone or with its gradient
and what is known about it:

    def bowl(x, y):
        return x**2 + 3 * y**2

    def slope(x, y):
        return 2 * x, 6 * y

    scenario = optviz.build(
        function={{"formula": bowl, "gradient": slope, "window": [[-2, 2]] * 2}},
        start=[1, 1],
        optimizers=["adam"],
    )
    race = optviz.run(scenario)

Without a gradient it is differentiated numerically, to about ten digits, with a
warning (optviz.NumericalGradientWarning). It is called with arrays if it takes
them, otherwise with numbers, one point at a time. Where it overflows, divides
by zero, leaves the domain of a function of math or turns complex, a racer
diverges; an optimizer of your own likewise.

The search for its minima calls a function of numbers some ten thousand times.
Where it has many minima, or none, the search gives up after several times as
many calls, with a warning (optviz.UnfinishedSearchWarning). Name the minima
where calls are slow.
"""


def text() -> str:
    """Return the page."""
    return _PAGE.format(arguments=pairs(ARGUMENTS.items(), "    "))
