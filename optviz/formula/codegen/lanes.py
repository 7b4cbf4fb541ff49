"""Compile kernels with numba: lanes of a few hundred points, each operation on all of them at once.

Steps run outside and points inside, so that divisions and roots of neighbouring points overlap. Needs the extra
``optviz[fast]``. Compiled kernels are kept in the user's cache folder, under a name that is their source's hash.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from threading import RLock
from types import ModuleType

from optviz.formula.codegen.kernel import Kernel
from optviz.formula.codegen.straight_line import straight_line
from optviz.formula.graph import Node

INFIX = {op: op for op in ("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=")} | {"and": "&", "or": "|"}
PATTERNS = {
    "neg": "(-{})", "not": "({} == False)", "where": "({1} if {0} else {2})",
    "absolute": "math.fabs({})", "power": "({}**{})", "python_power": "({}**{})",
    "minimum": "minimum({}, {})", "maximum": "maximum({}, {})", "sign": "sign({})",
}  # fmt: skip
DRIVER = """import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def call(typing_context, address, rows_at, width, numbers_at):
    def generate(context, builder, signature, arguments):
        integer, pointer = ir.IntType(64), ir.DoubleType().as_pointer()
        kernel = ir.FunctionType(ir.VoidType(), [pointer, integer, pointer]).as_pointer()
        address, rows_at, width, numbers_at = arguments
        rows, numbers = (builder.inttoptr(one, pointer) for one in (rows_at, numbers_at))
        builder.call(builder.inttoptr(address, kernel), [rows, width, numbers])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), generate


@numba.njit(types.float64(types.float64, types.float64), cache=True)
def minimum(a, b):
    return a if (a <= b) | (a != a) else b


@numba.njit(types.float64(types.float64, types.float64), cache=True)
def maximum(a, b):
    return a if (a >= b) | (a != a) else b


@numba.njit(types.float64(types.float64), cache=True)
def sign(z):
    return 1.0 if z > 0.0 else -1.0 if z < 0.0 else 0.0 if z == 0.0 else z


INTEGERS, TABLE, BLOCKS = types.int64[::1], types.float64[:, ::1], types.float64[:, :, ::1]


@numba.njit(
    types.void(BLOCKS, types.int64, types.int64, INTEGERS, INTEGERS, INTEGERS, TABLE), nogil=True, cache=True
)
def drive(blocks, begin, end, kernels, firsts, columns, table):
    count, rows, width = blocks.shape
    blocks_at, table_at = blocks.ctypes.data, table.ctypes.data
    for block in range(count):
        rows_at = blocks_at + 8 * block * rows * width
        for t in range(begin, end):
            numbers_at = table_at + 8 * t * table.shape[1]
            for k in range(len(kernels)):
                call(kernels[k], rows_at + 8 * firsts[k] * width, width, numbers_at + 8 * columns[k])
"""
HEAD = """import math

import numba
from numba import types
from {driver} import maximum, minimum, sign

inf, nan = math.inf, math.nan
POINTER = types.CPointer(types.float64)


@numba.cfunc(types.void(POINTER, types.int64, POINTER), error_model="numpy", cache=True)
def kernel(rows_at, width, numbers_at):
    rows = numba.carray(rows_at, ({rows}, width))
    numbers = numba.carray(numbers_at, {numbers})
"""


_COMPILING = RLock()  # one thread at a time: the others wait for the same kernel, or for their turn


@cache
def is_available() -> bool:
    """Return whether numba is installed."""
    return importlib.util.find_spec("numba") is not None


@lru_cache(maxsize=512)
def source(kernel: Kernel) -> str:
    """Write the Python source of a kernel that numba compiles."""
    program = straight_line(list(kernel.results.values()), _expression)
    used = sorted({*kernel.rows.values(), *kernel.results})
    lines = [f"    r{row} = rows[{row}]" for row in used]
    lines += [f"    {name} = numbers[{place}]" for name, place in kernel.numbers.items()]
    lines += ["    for j in range(width):"]
    lines += [f"        {name} = r{row}[j]" for name, row in kernel.rows.items()]
    lines += [f"        {name} = {text}" for name, text in program.assignments]
    # every result is known before the first is written
    lines += [f"        n{row} = {text}" for row, text in zip(kernel.results, program.results, strict=True)]
    lines += [f"        r{row}[j] = n{row}" for row in kernel.results]
    head = HEAD.format(driver=_name(DRIVER), rows=used[-1] + 1, numbers=max(kernel.numbers.values(), default=0) + 1)
    return head + "\n".join(lines) + "\n"


def _expression(node: Node, args: Sequence[str]) -> str:
    if node.op == "variable":
        return node.name
    if node.op == "number":
        return f"({node.constant})" if math.copysign(1.0, float(node.constant or 0.0)) < 0 else repr(node.constant)
    if node.op in INFIX:
        return f"({args[0]} {INFIX[node.op]} {args[1]})"
    return PATTERNS.get(node.op, f"math.{node.op}({', '.join(['{}'] * len(args))})").format(*args)


@cache
def compile_lanes(text: str) -> int:
    """Compile a kernel's source, or load it from the cache folder; return its address for a driver."""
    driver()  # whose functions it uses
    address: int = _module(text).kernel.address
    return address


@cache
def driver() -> Callable[..., None]:
    """Return ``drive(blocks, begin, end, kernels, firsts, columns, table)``, the loop over blocks, steps and kernels.

    kernels: their addresses; firsts: the row that each sees as its first; columns: where its numbers begin in the
    table, (steps, numbers). It runs the steps from begin to end - 1.
    """
    drive: Callable[..., None] = _module(DRIVER).drive
    return drive


def is_kept(text: str) -> bool:
    """Return whether a source has been compiled before, so that it only needs to be loaded."""
    name, folder = _name(text), cache_folder()
    return name in sys.modules or any((folder / "__pycache__").glob(f"{name}.*.nbi"))


def cache_folder() -> Path:
    """Return where compiled kernels are kept: a folder of the user's own."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "optviz" / "kernels"


def _name(text: str) -> str:
    return f"optviz_kernel_{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def _module(text: str) -> ModuleType:
    """The module of this source, written to the cache folder; without one that can be written, to a temporary one."""
    name = _name(text)
    with _COMPILING:
        return sys.modules[name] if name in sys.modules else _loaded(name, text)


def _loaded(name: str, text: str) -> ModuleType:
    try:
        file = _written(cache_folder(), name, text)
    except OSError:
        file = _written(Path(tempfile.mkdtemp(prefix="optviz-")), name, text)
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)  # numba looks for it there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _written(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.py"
    if not file.exists():
        handle, draft = tempfile.mkstemp(dir=folder, suffix=".py")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(draft).replace(file)  # whole or not at all, though others may write it too
    return file
