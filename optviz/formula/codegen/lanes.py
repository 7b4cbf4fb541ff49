"""Compile kernels to machine code by LLVM: vectors of a few points, each operation on all of them at once.

Steps run outside and points inside, so that divisions and roots of neighbouring points overlap. Needs the extra
``optviz[fast]``. Compiled kernels are kept in the user's cache folder, under a name that is the hash of their source
and of the processor that they are for.
"""

from __future__ import annotations

import ctypes
import hashlib
import math
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache, reduce
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import RLock
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from optviz.formula.codegen.kernel import Kernel
from optviz.formula.codegen.reciprocals import reciprocals
from optviz.formula.codegen.straight_line import products_for_powers
from optviz.formula.codegen.vector_math import (
    FLAGS,
    INTEGERS,
    LANES,
    LIBRARY,
    LIBRARY_OF_TWO,
    VECTOR,
    Lines,
    splat,
    whole,
    with_functions,
)
from optviz.formula.codegen.vectors import of_one_coordinate, shared_nodes
from optviz.formula.graph import Node, topological_order

Array: TypeAlias = NDArray[np.float64]

INSTRUCTIONS = {
    **{op: (name, VECTOR) for op, name in {
        "+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv", "neg": "fneg", "<": "fcmp olt", "<=": "fcmp ole",
        ">": "fcmp ogt", ">=": "fcmp oge", "==": "fcmp oeq", "!=": "fcmp une",
    }.items()},
    **{op: (name, FLAGS) for op, name in {"and": "and", "or": "or", "not": "xor"}.items()},
}  # fmt: skip
TRUE = f"<{', '.join(['i1 1'] * LANES)}>"
FUNCTIONS = {name: f"llvm.{name}.v{LANES}f64" for name in ("sqrt", "floor", "ceil")}
FUNCTIONS |= {"absolute": f"llvm.fabs.v{LANES}f64", "%": "vector_remainder", "sign": "vector_sign"}
FUNCTIONS |= {"minimum": "vector_min", "maximum": "vector_max", "power": "library_pow", "python_power": "library_pow"}
FUNCTIONS |= {name: f"library_{name}" for name in (*LIBRARY, "atan2")}
FUNCTIONS |= {name: f"vector_{name}" for name in ("sin", "cos", "exp")}
DIGEST_BYTES = 32
LEAST_LLVMLITE = 0, 45

# Every block of points goes through all steps, in each through one kernel after the other. A kernel's entry: where its
# code is, how far from a block's first row it begins and how far from a table's first column, both in bytes. A path, if
# there is one, has for each block and step a copy of the block's first rows.
DRIVER = """
define void @NAME(ptr %blocks, i64 %count, i64 %bytes, i64 %width, i64 %begin, i64 %end, ptr %entries, i64 %kernels,
                  ptr %table, i64 %columns, ptr %path, i64 %path_bytes, i64 %step_bytes) {
start:
  br label %block
block:
  %b = phi i64 [0, %start], [%b_next, %block_end]
  %b_at = mul i64 %b, %bytes
  %rows = getelementptr i8, ptr %blocks, i64 %b_at
  %path_at = mul i64 %b, %path_bytes
  %own_path = getelementptr i8, ptr %path, i64 %path_at
  br label %step
step:
  %t = phi i64 [%begin, %block], [%t_next, %step_end]
  %t_at = mul i64 %t, %columns
  %numbers = getelementptr double, ptr %table, i64 %t_at
  br label %kernel
kernel:
  %k = phi i64 [0, %step], [%k_next, %kernel]
  %k_at = mul i64 %k, 3
  %entry = getelementptr i64, ptr %entries, i64 %k_at
  %entry_rows = getelementptr i64, ptr %entry, i64 1
  %entry_numbers = getelementptr i64, ptr %entry, i64 2
  %code = load ptr, ptr %entry
  %rows_at = load i64, ptr %entry_rows
  %numbers_at = load i64, ptr %entry_numbers
  %own_rows = getelementptr i8, ptr %rows, i64 %rows_at
  %own_numbers = getelementptr i8, ptr %numbers, i64 %numbers_at
  call void %code(ptr %own_rows, i64 %width, ptr %own_numbers, i64 0)
  %k_next = add i64 %k, 1
  %k_more = icmp ult i64 %k_next, %kernels
  br i1 %k_more, label %kernel, label %keep
keep:
  %keeps = icmp ne ptr %path, null
  br i1 %keeps, label %copy, label %step_end
copy:
  %copy_at = mul i64 %t, %step_bytes
  %place = getelementptr i8, ptr %own_path, i64 %copy_at
  call void @llvm.memcpy.p0.p0.i64(ptr %place, ptr %rows, i64 %step_bytes, i1 false)
  br label %step_end
step_end:
  %t_next = add i64 %t, 1
  %t_more = icmp ult i64 %t_next, %end
  br i1 %t_more, label %step, label %block_end
block_end:
  %b_next = add i64 %b, 1
  %b_more = icmp ult i64 %b_next, %count
  br i1 %b_more, label %block, label %stop
stop:
  ret void
}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""
# A kernel's function, for the points of a block from the first one on. On a stack that is not aligned, vectors that are
# put there for a while may lie in two lines of the cache, or in two pages: that has made loops three times as slow.
FUNCTION = """
define void @{name}(ptr %rows, i64 %width, ptr %numbers, i64 %first) noinline alignstack(64) {{
start:
  %end = mul i64 %width, {rows}
{begin}
  br label %points
points:
  %j = phi i64 [%first, %start], [%j_next, %store]
{points}
{check}
store:
{stores}
  %j_next = add i64 %j, LANES
  %j_more = icmp ult i64 %j_next, %end
  br i1 %j_more, label %points, label %stop
stop:
  ret void
}}
""".replace("LANES", str(LANES))
# Where the products that stand for divisions do not serve, the rest of the block is divided.
CHECK = """  br i1 {lost}, label %divide, label %store, !prof !0
divide:
  call void @NAME_divided(ptr %rows, i64 %width, ptr %numbers, i64 %j)
  ret void"""
SAFE_EXPONENTS = 512 << 52  # added to a number's bits, this sets the second one for sizes from 2^-511 to 2^512 alone
SECOND_BIT = 1 << 62


@cache
def is_available() -> bool:
    """Return whether LLVM is installed, and not older than what the extra asks for."""
    try:
        major, minor, *_ = version("llvmlite").split(".")
    except PackageNotFoundError:
        return False
    return (int(major), int(minor)) >= LEAST_LLVMLITE


# --- source ---------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def divisors(kernel: Kernel) -> list[str]:
    """Return the shared numbers by which a kernel divides."""
    nodes = topological_order(products_for_powers(kernel.results.values()))
    found = {node.args[1].name for node in nodes if node.op == "/"}
    return sorted(found & kernel.numbers.keys()) if _machine().has_fma else []


def width_of(kernel: Kernel) -> int:
    """Return how many columns of a table a kernel's numbers span."""
    return 1 + max(kernel.numbers.values(), default=-1)


def numbers_of(kernel: Kernel, table: Array, picks: Array | None) -> list[Array]:
    """Return a kernel's numbers at every step: its own, its divisors' reciprocals, and those to pick from."""
    divided = [kernel.numbers[name] for name in divisors(kernel)]
    parts = [table[:, : width_of(kernel)], *(reciprocals(table[:, divided]) if divided else ())]
    return parts if picks is None else [*parts, picks]


@lru_cache(maxsize=512)
def source(kernel: Kernel) -> str:
    """Write a kernel as a function of a block's rows, their width and a step's numbers, in LLVM's language.

    Where coordinates are computed each by itself, one loop goes through the rows of all: its values stay in registers.
    """
    one = of_one_coordinate(kernel)
    kernel, rows = (kernel, 1) if one is None else (one, kernel.dim)
    writer = _Writer(kernel)
    text = writer.text("NAME", rows)
    return text + _Writer(kernel, divides=True).text("NAME_divided", rows) if writer.checked else text


ROUNDED = re.compile(rf"@(?:vector_(?:sin|cos|exp)|{'|'.join((*LIBRARY, *LIBRARY_OF_TWO))})\(")


@lru_cache(maxsize=512)
def has_other_bits(text: str) -> bool:
    """Tell whether a kernel's source calls a function whose last bit may be another than NumPy's."""
    return ROUNDED.search(text) is not None


class _Writer:
    """Writes the instructions of a kernel: first what all points share, then what is done for each few of them.

    divides: also where a quotient could be a product with a reciprocal.
    """

    def __init__(self, kernel: Kernel, *, divides: bool = False) -> None:
        self.kernel, self.divides = kernel, divides
        self.checked: list[str] = []  # quotients' bits, whose second one tells whether they are the division's
        self.shared, self.lines = Lines("s"), Lines("v")
        self.homes: dict[Node, str] = {}  # what has the value of a node
        self.same = dict.fromkeys(shared_nodes(kernel, products_for_powers(kernel.results.values())))
        used = sorted({*kernel.rows.values(), *kernel.results, *(row for row, _ in kernel.picked.values())})
        starts = {row: self.shared.add(f"mul i64 %width, {row}") for row in used}
        places = {row: self.lines.add(f"add i64 {start}, %j") for row, start in starts.items()}
        self.places = {
            row: self.lines.add(f"getelementptr double, ptr %rows, i64 {place}") for row, place in places.items()
        }

    def text(self, name: str, rows: int) -> str:
        """Return the whole function, which runs over ``rows`` rows of points as over one."""
        roots = products_for_powers(self.kernel.results.values())
        for node in topological_order(roots):
            self.homes[node] = self.value(node, [self.homes[arg] for arg in node.args])
        stores = [
            f"  store {VECTOR} {self.homes[root]}, ptr {self.places[row]}, align 8"
            for row, root in zip(self.kernel.results, roots, strict=True)
        ]
        check = CHECK.format(lost=self.lost()) if self.checked else "  br label %store"
        parts = {"begin": self.shared.lines, "points": self.lines.lines, "stores": stores}
        return FUNCTION.format(
            name=name, rows=rows, check=check, **{part: "\n".join(lines) for part, lines in parts.items()}
        )

    def value(self, node: Node, args: list[str]) -> str:
        """Write what gives the value of a node."""
        if not args:
            return self.leaf(node)
        reciprocal = self.reciprocal(node.args[1]) if node.op == "/" and not self.divides else None
        if reciprocal is not None:
            return self.quotient(args[0], *reciprocal)
        if node.op == "where" and node.args[0] in self.same:
            condition = self.lines.add(f"extractelement {FLAGS} {args[0]}, i32 0")
            return self.lines.add(f"select i1 {condition}, {VECTOR} {args[1]}, {VECTOR} {args[2]}")
        if node.op == "where":
            return self.lines.choose(*args)
        if node.op in FUNCTIONS:
            return self.lines.call(FUNCTIONS[node.op], *args)
        op, kind = INSTRUCTIONS[node.op]
        return self.lines.do(op, *args, *([TRUE] if node.op == "not" else []), kind=kind)

    def leaf(self, node: Node) -> str:
        """Write what gives the value of a constant, of a row or of a number that all points share."""
        if node.name in self.kernel.rows:
            return self.lines.add(f"load {VECTOR}, ptr {self.places[self.kernel.rows[node.name]]}, align 8")
        if node.name in self.kernel.picked:
            return self.pick(*self.kernel.picked[node.name])
        if node.op == "variable":
            return self.number(self.kernel.numbers[node.name])
        if node.is_condition:
            return TRUE if node.constant else "zeroinitializer"
        return splat(float(cast(float, node.constant)))

    def number(self, place: int) -> str:
        """Write what gives a vector of a number that all points share."""
        at = self.shared.add(f"getelementptr double, ptr %numbers, i64 {place}")
        one = self.shared.add(f"load double, ptr {at}")
        first = self.shared.add(f"insertelement {VECTOR} poison, double {one}, i32 0")
        return self.shared.add(f"shufflevector {VECTOR} {first}, {VECTOR} poison, <{LANES} x i32> zeroinitializer")

    def pick(self, row: int, further: int) -> str:
        """Write what gives each point its own of the numbers that follow the shared ones."""
        lines, result = self.lines, "poison"
        first = width_of(self.kernel) + 2 * len(divisors(self.kernel))
        places = lines.add(f"load {VECTOR}, ptr {self.places[row]}, align 8")
        for lane in range(LANES):
            place = lines.add(f"extractelement {VECTOR} {places}, i32 {lane}")
            index = lines.add(f"fptosi double {place} to i64")
            index = lines.add(f"add i64 {index}, {first + further}")
            at = lines.add(f"getelementptr double, ptr %numbers, i64 {index}")
            one = lines.add(f"load double, ptr {at}")
            result = lines.add(f"insertelement {VECTOR} {result}, double {one}, i32 {lane}")
        return result

    def reciprocal(self, divisor: Node) -> tuple[str, str] | None:
        """Write what gives the two parts of the reciprocal of a divisor that all points share, if there is one."""
        names = divisors(self.kernel)
        if divisor.name in names:
            high = width_of(self.kernel) + names.index(divisor.name)
            return self.number(high), self.number(high + len(names))
        if divisor.constant is None or not _machine().has_fma or math.frexp(divisor.constant)[0] in (0.5, -0.5):
            return None
        parts = reciprocals(np.array(divisor.constant)).tolist()
        return None if math.isnan(parts[0]) else (splat(parts[0]), splat(parts[1]))

    def quotient(self, a: str, high: str, low: str) -> str:
        """Write a quotient as products with a reciprocal."""
        rest = self.lines.do("fmul", a, low)
        result = self.lines.call(f"llvm.fma.v{LANES}f64", a, high, rest)
        bits = self.lines.cast(result, VECTOR, INTEGERS)
        self.checked.append(self.lines.do("add", bits, whole(SAFE_EXPONENTS), kind=INTEGERS))
        return result

    def lost(self) -> str:
        """Write what tells whether a quotient of a point is not the division's: one test of all bits of a vector."""
        lines = self.lines
        bits = reduce(lambda a, b: lines.do("and", a, b, kind=INTEGERS), self.checked)
        unset = lines.do("and", lines.do("xor", bits, whole(-1), kind=INTEGERS), whole(SECOND_BIT), kind=INTEGERS)
        return lines.add(f"icmp ne i{64 * LANES} {lines.cast(unset, INTEGERS, f'i{64 * LANES}')}, 0")


# --- machine code ---------------------------------------------------------------------------------


class _Machine:
    """What compiles and holds code, made when the first kernel asks for it."""

    lock = RLock()  # one thread at a time: the others wait for the same kernel, or for their turn
    made: _Machine | None = None  # the only one: code lives as long as what holds it

    def __init__(self) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.llvm = llvm
        features = llvm.get_host_cpu_features()
        self.has_fma = bool(features.get("fma", "neon" in features))
        self.name = f"{llvm.llvm_version_info} {llvm.get_host_cpu_name()} {features.flatten()}"
        target = llvm.Target.from_default_triple()
        self.target = target.create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=features.flatten(), opt=2, jit=True
        )
        for name, function in _library().items():
            llvm.add_symbol(name, function)
        self.code = llvm.create_mcjit_compiler(llvm.parse_assembly(""), self.target)
        self.addresses: dict[str, int] = {}

    def compiled(self, name: str, text: str) -> bytes:
        """Compile a module to an object file."""
        llvm = self.llvm
        module = llvm.parse_assembly(with_functions(text.replace("@NAME", f"@{name}")))
        options = llvm.create_pipeline_tuning_options(speed_level=2)
        options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
        builder = llvm.create_pass_builder(self.target, options)
        builder.getModulePassManager().run(module, builder)
        return bytes(self.target.emit_object(module))

    def address(self, text: str) -> int:
        """Return where the function of a source is, compiled or loaded from the cache folder."""
        name = _name(text)
        with self.lock:
            if name not in self.addresses:
                code = _kept(name)
                if code is None:
                    code = self.compiled(name, text)
                    _keep(name, code)
                self.code.add_object_file(self.llvm.ObjectFileRef.from_data(code))
                self.code.finalize_object()
                self.addresses[name] = self.code.get_function_address(name)
            return self.addresses[name]


def _machine() -> _Machine:
    with _Machine.lock:
        _Machine.made = _Machine.made or _Machine()
        return _Machine.made


def _library() -> dict[str, int]:
    """Return where the C library's functions are."""
    library: Any = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
    names = *LIBRARY, *LIBRARY_OF_TWO
    return {name: ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0 for name in names}


@cache
def compile_lanes(text: str) -> int:
    """Compile a function's source, or load it from the cache folder; return its address for a driver."""
    return _machine().address(text)


@cache
def driver() -> Callable[..., None]:
    """Return the loop over blocks, steps and kernels, to be called with the arguments of ``DRIVER``."""
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    arguments = (pointer, *[number] * 5, pointer, number, pointer, number, pointer, number, number)
    return ctypes.CFUNCTYPE(None, *arguments)(compile_lanes(DRIVER))  # which lets other threads run


def is_kept(text: str) -> bool:
    """Return whether a source has been compiled before, so that it only needs to be loaded."""
    name = _name(text)
    return name in _machine().addresses or _file(name).exists()


def cache_folder() -> Path:
    """Return where compiled kernels are kept: a folder of the user's own."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "optviz" / "kernels"


def _file(name: str) -> Path:
    return cache_folder() / f"{name}.o"


def _kept(name: str) -> bytes | None:
    """Return the code that was kept, None where there is none or not the whole of it."""
    try:
        kept = _file(name).read_bytes()
    except OSError:
        return None
    digest, code = kept[:DIGEST_BYTES], kept[DIGEST_BYTES:]
    return code if hashlib.sha256(code).digest() == digest else None


def _keep(name: str, code: bytes) -> None:
    """Write a file whole or not at all, though others may write it too; without a folder that allows it, keep none."""
    file = _file(name)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=file.parent, suffix=".draft")
        with os.fdopen(handle, "wb") as stream:
            stream.write(hashlib.sha256(code).digest() + code)
        Path(draft).replace(file)


@cache
def _name(text: str) -> str:
    return f"optviz_kernel_{hashlib.sha256((_machine().name + with_functions(text)).encode()).hexdigest()[:24]}"
