"""The catalogue of test functions.

A new function costs one entry: its gradient, its mathematics and its tests follow from the formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import pi

from optviz.problems.bounds import Bounds, Point


@dataclass(frozen=True)
class TestFunction:
    """A function on which optimizers are compared, and what is known about it."""

    __test__ = False  # no test case for pytest to collect

    title: str
    formula: str
    window: Bounds  # what is drawn: the customary domain, or a part of it where ripples would blur into one another
    start: Point
    minima: tuple[Point, ...]  # the global ones on the customary domain, unless a comment says otherwise
    source: str  # where it was published
    about: str  # what there is to see, in a sentence
    constants: Mapping[str, float] = field(default_factory=dict)


SFU = "Surjanovic & Bingham, Virtual Library of Simulation Experiments"
JAMIL = "Jamil & Yang 2013, A literature survey of benchmark functions for global optimisation problems"
MISHRA = "Mishra 2006, Some new test functions for global optimization (MPRA 2718)"
DIXON_SZEGO = "Dixon & Szegő 1978, Towards Global Optimisation 2"
BRANIN = "Branin 1972, Widely convergent method for finding multiple solutions of simultaneous nonlinear equations"
LEVY = "Levy & Montalvo 1985, The tunneling algorithm for the global minimization of functions"
SCHAFFER = "Schaffer, Caruana, Eshelman & Das 1989, A study of control parameters for genetic algorithms (F6)"

FUNCTIONS: dict[str, TestFunction] = {
    "x_minus_x3": TestFunction(
        title="Cubic",
        formula="x - x**3",
        window=((-2, 2),),
        start=(-1,),
        minima=((-0.5773502691896258,),),  # -1/sqrt(3), local: the function falls for ever on the right
        source="textbook cubic",
        about="One valley and one hill: from x = -1 into the valley, or over the hill and down for ever.",
    ),
    "quad2": TestFunction(
        title="Tilted quadratic",
        formula="2*x**2 + 2*x*y + 2*y**2 - 6*x",
        window=((-4, 6), (-6, 4)),
        start=(1, 0),
        minima=((2, -1),),
        source="textbook quadratic",
        about="A convex bowl whose axes are not the coordinate axes; condition number 3.",
    ),
    "sphere": TestFunction(
        title="Sphere",
        formula="x**2 + y**2",
        window=((-5, 5), (-5, 5)),
        start=(4, 3),
        minima=((0, 0),),
        source="De Jong 1975, An analysis of the behavior of a class of genetic adaptive systems (F1)",
        about="The round bowl: the gradient points straight away from the minimum.",
    ),
    "ellipsoid10": TestFunction(
        title="Ellipsoid, condition 10",
        formula="0.5*(x**2 + 10*y**2)",
        window=((-5, 5), (-5, 5)),
        start=(-4.5, 2),
        minima=((0, 0),),
        source="textbook quadratic",
        about="A stretched bowl in which gradient descent begins to zigzag; condition number 10.",
    ),
    "ellipse01": TestFunction(
        title="Long ellipse",
        formula="0.1*x**2 + 2*y**2",
        window=((-6, 6), (-6, 6)),
        start=(-5, -2),
        minima=((0, 0),),
        source="Zhang, Lipton, Li & Smola 2023, Dive into Deep Learning, chapter 12",
        about="The long ellipse on which momentum and AdaGrad are usually explained; condition number 20.",
    ),
    "ellipsoid100": TestFunction(
        title="Ellipsoid, condition 100",
        formula="x**2 + 100*y**2",
        window=((-5, 5), (-5, 5)),
        start=(-4, 3),
        minima=((0, 0),),
        source="textbook quadratic",
        about="A gutter: methods that scale each coordinate do not notice its condition number of 100.",
    ),
    "booth": TestFunction(
        title="Booth",
        formula="(x + 2*y - 7)**2 + (2*x + y - 5)**2",
        window=((-10, 10), (-10, 10)),
        start=(-8, -6),
        minima=((1, 3),),
        source=JAMIL,
        about="A convex bowl stretched along the diagonal; condition number 9.",
    ),
    "matyas": TestFunction(
        title="Matyas",
        formula="0.26*(x**2 + y**2) - 0.48*x*y",
        window=((-10, 10), (-10, 10)),
        start=(-9, 3),
        minima=((0, 0),),
        source=f"credited to Matyas 1965, Random optimization; form of {SFU}",
        about="A nearly flat valley along the diagonal; condition number 25.",
    ),
    "beale": TestFunction(
        title="Beale",
        formula="(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        window=((-4.5, 4.5), (-4.5, 4.5)),
        start=(1, 1.5),
        minima=((3, 0.5),),
        source="Beale 1958, On an iterative method for finding a local minimum of a function of more than one variable",
        about="Flat in the middle, walls at the corners, and a saddle at (0, 1) near the way.",
    ),
    "rosenbrock": TestFunction(
        title="Rosenbrock",
        formula="(1 - x)**2 + 100*(y - x**2)**2",
        window=((-2, 2), (-1, 3)),
        start=(-1.2, 1),
        minima=((1, 1),),
        source="Rosenbrock 1960, An automatic method for finding the greatest or least value of a function",
        about="The banana: the curved valley is found at once, its end only after a long walk.",
    ),
    "himmelblau": TestFunction(
        title="Himmelblau",
        formula="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        window=((-5, 5), (-5, 5)),
        start=(-0.5, -1.5),
        minima=(
            (3, 2),
            (-2.805118086952745, 3.131312518250573),
            (3.584428340330492, -1.8481265269644036),
            (-3.779310253377747, -3.283185991286169),
        ),
        source="Himmelblau 1972, Applied Nonlinear Programming",
        about="Four equal minima around a hill: which one is reached depends on the step size.",
    ),
    "three_hump_camel": TestFunction(
        title="Three-hump camel",
        formula="2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
        window=((-5, 5), (-5, 5)),
        start=(-3, 4),
        minima=((0, 0),),
        source=BRANIN,
        about="Three local minima in a row, the middle one the lowest.",
    ),
    "six_hump_camel": TestFunction(
        title="Six-hump camel",
        formula="(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (-4 + 4*y**2)*y**2",
        window=((-3, 3), (-2, 2)),
        start=(-2, -1.5),
        minima=((0.08984201310031806, -0.7126564030207396), (-0.08984201310031806, 0.7126564030207396)),
        source=DIXON_SZEGO,
        about="Six local minima, two of them lowest and each other's mirror image.",
    ),
    "goldstein_price": TestFunction(
        title="Goldstein-Price",
        formula="(1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
        "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))",
        window=((-2, 2), (-2, 2)),
        start=(-1.5, 0.5),
        minima=((0, -1),),
        source="Goldstein & Price 1971, On descent from local minima",
        about="Values from 3 to a million within a few steps: gradients of every size in one race.",
    ),
    "branin": TestFunction(
        title="Branin",
        formula="(y - 5.1/(4*pi**2)*x**2 + 5/pi*x - 6)**2 + 10*(1 - 1/(8*pi))*cos(x) + 10",
        window=((-5, 10), (0, 15)),
        start=(6, 13),
        minima=((-pi, 12.275), (pi, 2.275), (3 * pi, 2.475)),
        source=BRANIN,
        about="Three equal minima along a bent valley; the standard picture of Bayesian optimisation.",
    ),
    "mccormick": TestFunction(
        title="McCormick",
        formula="sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
        window=((-1.5, 4), (-3, 4)),
        start=(3.5, 1),
        minima=((0.5 - pi / 3, -0.5 - pi / 3),),
        source=f"credited to McCormick 1976 (Mathematical Programming 10); form of {MISHRA}",
        about="A tilted wave: beyond the window's minimum lie lower ones, period after period.",
    ),
    "styblinski_tang": TestFunction(
        title="Styblinski-Tang",
        formula="0.5*(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)",
        window=((-5, 5), (-5, 5)),
        start=(0.5, 4.5),
        minima=((-2.903534027771177, -2.903534027771177),),
        source="Styblinski & Tang 1990, Experiments in nonconvex optimization",
        about="Four local minima, one in each quadrant, of clearly different depth.",
    ),
    "rastrigin": TestFunction(
        title="Rastrigin",
        formula="20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
        window=((-5.12, 5.12), (-5.12, 5.12)),
        start=(-2.8, 3.7),
        minima=((0, 0),),
        source="Rastrigin 1974, Systems of Extremal Control; Mühlenbein, Schomisch & Born 1991",
        about="An egg box on a bowl: about a hundred local minima on a regular grid.",
    ),
    "ackley": TestFunction(
        title="Ackley",
        formula="-20*exp(-0.2*sqrt(0.5*(x**2 + y**2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y))) + e + 20",
        window=((-5, 5), (-5, 5)),
        start=(-3.3, 2.7),
        minima=((0, 0),),
        source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing",
        about="Ripples on a plain with a deep pointed funnel; the slope has a jump at the minimum.",
    ),
    "griewank": TestFunction(
        title="Griewank",
        formula="1 + (x**2 + y**2)/4000 - cos(x)*cos(y/sqrt(2))",
        window=((-10, 10), (-10, 10)),
        start=(-7.5, 7),
        minima=((0, 0),),
        source="Griewank 1981, Generalized descent for global optimization",
        about="Waves of nearly equal depth on a bowl so shallow that one hardly sees it.",
    ),
    "levy": TestFunction(
        title="Lévy",
        formula="sin(pi*(1 + (x - 1)/4))**2"
        " + ((x - 1)/4)**2*(1 + 10*sin(pi*(1 + (x - 1)/4) + 1)**2)"
        " + ((y - 1)/4)**2*(1 + sin(2*pi*(1 + (y - 1)/4))**2)",
        window=((-10, 10), (-10, 10)),
        start=(-8, 8),
        minima=((1, 1),),
        source=f"{LEVY}; form of {SFU}",
        about="Parallel ditches across the way to the minimum.",
    ),
    "levy13": TestFunction(
        title="Lévy N. 13",
        formula="sin(3*pi*x)**2 + (x - 1)**2*(1 + sin(3*pi*y)**2) + (y - 1)**2*(1 + sin(2*pi*y)**2)",
        window=((-10, 10), (-10, 10)),
        start=(-6, 6.4),
        minima=((1, 1),),
        source=f"{LEVY}; form of {SFU}",
        about="A bowl with fine ripples that hold small steps and not large ones.",
    ),
    "easom": TestFunction(
        title="Easom",
        formula="-cos(x)*cos(y)*exp(-((x - pi)**2 + (y - pi)**2))",
        window=((-10, 10), (-10, 10)),
        start=(1.9, 4.1),
        minima=((pi, pi),),
        source="Easom 1990, A survey of global optimization techniques (thesis, University of Louisville)",
        about="A hole in a plain: a little further away there is no gradient left to follow.",
    ),
    "bukin6": TestFunction(
        title="Bukin N. 6",
        formula="100*sqrt(abs(y - 0.01*x**2)) + 0.01*abs(x + 10)",
        window=((-15, -5), (-3, 3)),
        start=(-6, -1),
        minima=((-10, 1),),
        source="Bukin 1997, New minimization strategy for non-smooth functions",
        about="A curved crease with infinitely steep walls: every step jumps from one side to the other.",
    ),
    "cross_in_tray": TestFunction(
        title="Cross-in-tray",
        formula="-0.0001*(abs(sin(x)*sin(y)*exp(abs(100 - sqrt(x**2 + y**2)/pi))) + 1)**0.1",
        window=((-10, 10), (-10, 10)),
        start=(-7, 5.5),
        minima=(
            (-1.3494066171539107, -1.3494066171539107),
            (-1.3494066171539107, 1.3494066171539107),
            (1.3494066171539107, 1.3494066171539107),
            (1.3494066171539107, -1.3494066171539107),
        ),
        source=MISHRA,
        about="A tray of local minima divided by sharp ridges; four of them are lowest.",
    ),
    "eggholder": TestFunction(
        title="Eggholder",
        formula="-(y + 47)*sin(sqrt(abs(x/2 + (y + 47)))) - x*sin(sqrt(abs(x - (y + 47))))",
        window=((-512, 512), (-512, 512)),
        start=(200, 100),
        minima=((512, 404.2318051137578),),  # on the edge of its domain; beyond x = 512 it falls further
        source=f"Whitley et al. 1996, Evaluating evolutionary algorithms; form of {SFU}",
        about="Large, irregular and deceptive; its stated minimum lies on the edge of its domain.",
    ),
    "holder_table": TestFunction(
        title="Hölder table",
        formula="-abs(sin(x)*cos(y)*exp(abs(1 - sqrt(x**2 + y**2)/pi)))",
        window=((-10, 10), (-10, 10)),
        start=(5.5, 7.5),
        minima=(
            (8.055023475736563, 9.664590019241272),
            (-8.055023475736563, 9.664590019241272),
            (8.055023475736563, -9.664590019241272),
            (-8.055023475736563, -9.664590019241272),
        ),
        source=f"{MISHRA}; form of {SFU}",
        about="Creased cells that grow deeper outwards; the four lowest stand like a table's legs.",
    ),
    "schaffer2": TestFunction(
        title="Schaffer N. 2",
        formula="0.5 + (sin(x**2 - y**2)**2 - 0.5)/(1 + 0.001*(x**2 + y**2))**2",
        window=((-4, 4), (-4, 4)),  # of [-100, 100], where the ripples are finer than any picture
        start=(2.5, 1.5),
        minima=((0, 0),),
        source=f"{SCHAFFER}, modified in {MISHRA}",
        about="Crossed ripples whose crests are almost as high as one another.",
    ),
    "schaffer4": TestFunction(
        title="Schaffer N. 4",
        formula="0.5 + (cos(sin(abs(x**2 - y**2)))**2 - 0.5)/(1 + 0.001*(x**2 + y**2))**2",
        window=((-4, 4), (-4, 4)),  # of [-100, 100], where the ripples are finer than any picture
        start=(2.5, 1.5),
        minima=(
            (0, -1.2531318314637332),
            (-1.2531318314637332, 0),
            (1.2531318314637332, 0),
            (0, 1.2531318314637332),
        ),
        source=f"{SCHAFFER}, modified in {MISHRA}",
        about="Long crossed trenches, at the bottom of which almost nothing slopes.",
    ),
    "drop_wave": TestFunction(
        title="Drop-wave",
        formula="-(1 + cos(12*sqrt(x**2 + y**2)))/(0.5*(x**2 + y**2) + 2)",
        window=((-5.12, 5.12), (-5.12, 5.12)),
        start=(-1.9, 1.4),
        minima=((0, 0),),
        source=SFU,
        about="The rings of a drop in water: each ring is a trap.",
    ),
    "michalewicz": TestFunction(
        title="Michalewicz",
        formula="-sin(x)*sin(x**2/pi)**(2*m) - sin(y)*sin(2*y**2/pi)**(2*m)",
        constants={"m": 10},
        window=((0, pi), (0, pi)),
        start=(2.5, 1.2),
        minima=((2.2029055201726093, pi / 2),),
        source="Michalewicz 1992, Genetic Algorithms + Data Structures = Evolution Programs",
        about="Steep ditches in a plain without slope; m sets how steep.",
    ),
    "trid": TestFunction(
        title="Trid",
        formula="(x - 1)**2 + (y - 1)**2 - x*y",
        window=((-4, 4), (-4, 4)),
        start=(-3, 1),
        minima=((2, 2),),
        source=SFU,
        about="A convex bowl along the diagonal; condition number 3.",
    ),
    "zakharov": TestFunction(
        title="Zakharov",
        formula="x**2 + y**2 + (0.5*x + y)**2 + (0.5*x + y)**4",
        window=((-5, 10), (-5, 10)),
        start=(8, 6),
        minima=((0, 0),),
        source=SFU,
        about="A plate with steep rims: a fixed step is too large at the rim and too small in the middle.",
    ),
    "dixon_price": TestFunction(
        title="Dixon-Price",
        formula="(x - 1)**2 + 2*(2*y**2 - x)**2",
        window=((-10, 10), (-10, 10)),
        start=(8, -6),
        minima=((1, -0.7071067811865476), (1, 0.7071067811865476)),  # y = -1/sqrt(2), 1/sqrt(2)
        source="Dixon & Price 1989, Truncated Newton method for sparse unconstrained optimization",
        about="A horseshoe valley with a minimum in each arm.",
    ),
    "bohachevsky1": TestFunction(
        title="Bohachevsky N. 1",
        formula="x**2 + 2*y**2 - 0.3*cos(3*pi*x) - 0.4*cos(4*pi*y) + 0.7",
        window=((-2, 2), (-2, 2)),  # of [-100, 100], where the ripples cannot be seen
        start=(-1.6, 1.3),
        minima=((0, 0),),
        source="Bohachevsky, Johnson & Stein 1986, Generalized simulated annealing for function optimization",
        about="A bowl with dents near its bottom.",
    ),
    "monkey_saddle": TestFunction(
        title="Monkey saddle",
        formula="x**3 - 3*x*y**2",
        window=((-2, 2), (-2, 2)),
        start=(0.5, 0.05),
        minima=(),  # falls for ever in three directions
        source="textbook surface",
        about="A saddle with room for two legs and a tail; at its middle even the curvature vanishes.",
    ),
    "saddle": TestFunction(
        title="Saddle",
        formula="x**2 - y**2",
        window=((-2, 2), (-2, 2)),
        start=(1.5, 0.001),
        minima=(),  # falls for ever along y
        source="textbook surface",
        about="Starts just off the ridge: methods differ in how soon they leave it.",
    ),
    "schwefel": TestFunction(
        title="Schwefel",
        formula="2*c - x*sin(sqrt(abs(x))) - y*sin(sqrt(abs(y)))",
        constants={"c": 418.9828872724338},
        window=((-500, 500), (-500, 500)),
        start=(250, 350),
        minima=((420.968746359982, 420.968746359982),),
        source="Schwefel 1981, Numerical Optimization of Computer Models",
        about="Large waves whose lowest trough lies in a corner, far from the second lowest.",
    ),
    "shubert": TestFunction(
        title="Shubert",
        formula="(cos(2*x + 1) + 2*cos(3*x + 2) + 3*cos(4*x + 3) + 4*cos(5*x + 4) + 5*cos(6*x + 5))"
        "*(cos(2*y + 1) + 2*cos(3*y + 2) + 3*cos(4*y + 3) + 4*cos(5*y + 4) + 5*cos(6*y + 5))",
        window=((-10, 10), (-10, 10)),
        start=(-2.2, 3.6),
        minima=(
            (-7.708313735499347, -0.8003211004719731),
            (-0.8003211004719731, -7.708313735499347),
            (4.858056878859825, -0.8003211004719731),
            (-0.8003211004719731, 4.858056878859825),
            (5.482864206707613, -7.708313735499347),
            (-7.708313735499347, 5.482864206707613),
            (4.858056878859825, 5.482864206707613),
            (5.482864206707613, 4.858056878859825),
            (-7.0835064076515595, -7.708313735499347),
            (-7.708313735499347, -7.0835064076515595),
            (-7.0835064076515595, 4.858056878859825),
            (4.858056878859825, -7.0835064076515595),
            (-1.425128428319761, -0.8003211004719731),
            (-0.8003211004719731, -1.425128428319761),
            (5.482864206707613, -1.425128428319761),
            (-1.425128428319761, 5.482864206707613),
            (-7.0835064076515595, -1.425128428319761),
            (-1.425128428319761, -7.0835064076515595),
        ),
        source=f"Shubert 1972, A sequential method seeking the global maximum of a function; form of {SFU}",
        about="760 local minima on a grid, 18 of them lowest, in pairs.",
    ),
    "forrester": TestFunction(
        title="Forrester",
        formula="(6*x - 2)**2*sin(12*x - 4)",
        window=((0, 1),),
        start=(0.5,),
        minima=((0.7572487578418559,),),
        source="Forrester, Sóbester & Keane 2008, Engineering Design via Surrogate Modelling",
        about="A shallow local minimum on the left, the global one on the right, a shoulder between them.",
    ),
    "gramacy_lee": TestFunction(
        title="Gramacy-Lee",
        formula="sin(10*pi*x)/(2*x) + (x - 1)**4",
        window=((0.5, 2.5),),
        start=(2.4,),
        minima=((0.5485634445276052,),),
        source="Gramacy & Lee 2012, Cases for the nugget in modeling computer experiments",
        about="A quartic bowl with a ripple that grows stronger to the left.",
    ),
    "double_well": TestFunction(
        title="Double well",
        formula="x**4 - 2*x**2",
        window=((-2, 2),),
        start=(0.1,),
        minima=((-1,), (1,)),
        source="textbook quartic",
        about="Two equal minima with a hill between them; starts near the top.",
    ),
    "tilted_double_well": TestFunction(
        title="Tilted double well",
        formula="x**4 - 2*x**2 + 0.5*x",
        window=((-2, 2),),
        start=(1.8,),
        minima=((-1.057453770738378,),),
        source="textbook quartic",
        about="Momentum decides whether the iterate crosses the hill into the deeper minimum.",
    ),
    "problem02": TestFunction(
        title="sin x + sin(10x/3)",
        formula="sin(x) + sin(10*x/3)",
        window=((2.7, 7.5),),
        start=(4.2,),
        minima=((5.145735290256128,),),
        source="Gavana, Global Optimization Benchmarks, univariate Problem02",
        about="Two waves of different length: three local minima, the middle one lowest.",
    ),
}
# The same functions under the names of the blog post whose films configs/post/ makes.
ALIASES = {"post_1d": "x_minus_x3", "post_2d": "quad2"}
FUNCTIONS |= {alias: FUNCTIONS[name] for alias, name in ALIASES.items()}


def names_of(name: str) -> list[str]:
    """List every name of a test function, the given one first."""
    return [name, *(other for other, entry in FUNCTIONS.items() if entry is FUNCTIONS[name] and other != name)]
