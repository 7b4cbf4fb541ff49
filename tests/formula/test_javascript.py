"""JavaScript of a formula gives the numbers of its Python."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from optviz.formula import compile_formula, wide
from optviz.formula.codegen import javascript, wide_javascript
from optviz.formula.codegen.python import compile_kernel
from optviz.formula.graph import Node, topological_order
from optviz.formula.wide import Wide
from optviz.problems.catalogue import FUNCTIONS
from tests.formula.test_formula import MEANINGS
from tests.formula.test_wide import FAR, VALUES

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")
ALGEBRAIC = {"number", "variable", "neg", "+", "-", "*", "/", "%", "sqrt", "absolute", "sign", "floor", "ceil"}
ALGEBRAIC |= {"minimum", "maximum", "where", "<", "<=", ">", ">=", "==", "!=", "and", "or", "not"}
POINTS = 200  # of each function


def in_node(program: str) -> Any:
    """Return what a program's expression ``result`` is, numbers with every bit."""
    assert NODE
    spelled = "(k,v)=>v!==v||v===1/0||v===-1/0?String(v):v"
    text = f"{javascript.PRELUDE}{program};console.log(JSON.stringify(result,{spelled}))"
    run = subprocess.run([NODE, "-"], input=text, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout)


def numbers(listed: Any) -> Any:
    return np.array([[float(value) for value in row] for row in listed])


def is_algebraic(roots: list[Node]) -> bool:
    """Whether every operation is one that IEEE 754 rounds correctly; small integer powers are products."""
    powers = (node for node in topological_order(roots) if node.op == "power")
    whole = all(n.args[1].constant is not None and float(2 * n.args[1].constant).is_integer() for n in powers)
    return whole and all(node.op in ALGEBRAIC | {"power"} for node in topological_order(roots))


@needs_node
@pytest.mark.thorough
def test_value_and_gradient_of_every_function_in_the_catalogue() -> None:
    program, expected, algebraic = ["const result={};"], {}, set()
    for name, entry in FUNCTIONS.items():
        objective = compile_formula(entry.formula, entry.constants)
        symbols = objective.symbols
        assert symbols
        low, high = np.array(entry.window).T
        x = np.random.default_rng(7).uniform(low, high, (POINTS, objective.dim)).T
        roots = [symbols.value, *symbols.slopes]
        code = javascript.function(roots, symbols.arguments)
        points = json.dumps([[*point, 3.0] for point in x.T.tolist()])
        program.append(f"{{const f={code};result[{json.dumps(name)}]={points}.map(p=>f(...p))}}")
        expected[name] = np.vstack([objective.value(x, 3.0), objective.gradient(x, 3.0)]).T
        if is_algebraic(roots):
            algebraic.add(name)
    found = in_node("".join(program))
    assert len(algebraic) > 15
    for name, values in expected.items():
        result = numbers(found[name])
        if name in algebraic:
            assert np.array_equal(result, values), name
        else:
            np.testing.assert_allclose(result, values, rtol=1e-12, atol=1e-12 * np.abs(values).max(), err_msg=name)


@needs_node
@pytest.mark.thorough
def test_every_operation_means_what_it_means_in_python() -> None:
    cases: list[tuple[str, Mapping[str, float], float]] = [(formula, {}, x) for formula, x, _ in MEANINGS]
    cases += [
        (formula, {"c": c}, x)
        for formula in (
            "x % c",
            "min(x, c)",
            "max(x, c)",
            "sign(x) + c",
            "where(x < c, x, c)",
            "where(chance(1/3), c*x, -x)",
            "x / c",
            "x**c",
            "abs(x)",
        )
        for x in (-2.5, -0.0, 0.0, 1.0, 3.0, 1e308)
        for c in (-2.0, 3.0, 0.5)
    ]
    cases += [("x**y", {}, 1.0), ("1e-300*x", {}, 1e-20), ("x + -0.0", {}, -0.0)]
    program, expected = ["const result=[];"], []
    for formula, constants, x in cases:
        objective = compile_formula(formula, constants)
        assert objective.symbols
        point = [x, math.inf][: objective.dim]
        code = javascript.function([objective.symbols.value], objective.symbols.arguments)
        given = ",".join(javascript.literal(value) for value in (*point, 1.0))
        program.append(f"result.push([({code})({given})]);")
        expected.append([float(objective.value(np.array(point), 1.0))])
    np.testing.assert_allclose(numbers(in_node("".join(program))), expected, rtol=1e-15)


@needs_node
def test_literals_keep_every_bit() -> None:
    values = [
        0.0,
        -0.0,
        1.0,
        -3.0,
        0.1,
        -2.5e-308,
        5e-324,
        1.7976931348623157e308,
        math.inf,
        -math.inf,
        1e22,
        123456789.0,
    ]
    listed = ",".join(javascript.literal(value) for value in values)
    found = in_node(f"const result=[{listed}].map(v=>[v,1/v])")
    assert np.array_equal(numbers(found)[:, 0], values)
    assert float(found[1][1]) == -math.inf  # of -0
    assert javascript.literal(True) == "true"


@needs_node
@pytest.mark.thorough
def test_wide_exponents_give_what_they_give_in_python() -> None:
    cases = [(formula, float(x)) for formula, x, *_ in [*FAR, *VALUES]]
    cases += [(formula, x) for formula, x, _ in MEANINGS]
    cases += [
        (f"{name}(x)", x) for name in ("sqrt", "floor", "ceil", "log2", "log10", "cosh") for x in (0.3, 7.0, 2**60)
    ]
    cases += [("x % 3", 2.0**70), ("x % -3", -7.5), ("min(x, 1)", 3.0), ("sign(x)", -2.0), ("x*1e-300*1e-300", 1e-10)]
    program, expected = [], []
    for formula, x in cases:
        objective = compile_formula(formula)
        symbols = objective.symbols
        assert symbols
        code = wide_javascript.function([symbols.value, *symbols.slopes], symbols.arguments)
        program.append(f"result.push(({code})({javascript.literal(x)},{javascript.literal(x)}).slice(0,2))")
        kernel = compile_kernel([symbols.value, *symbols.slopes], symbols.arguments, wide.FUNCTIONS)
        with np.errstate(all="ignore"):
            pieces = kernel(*[Wide.of(x)] * objective.dim, Wide.of(1.0))
        expected.append([float(Wide.of(piece).floats) for piece in pieces[:2]])
    declared = wide_javascript.prelude("".join(program))
    found = numbers(in_node(f"{declared}const result=[];{';'.join(program)}"))
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-300)
