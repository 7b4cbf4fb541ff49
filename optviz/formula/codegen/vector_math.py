"""Write functions of LLVM's vectors that LLVM itself lacks: sine, cosine, exponential, minimum, remainder.

All are made of IEEE operations in a fixed order, so that they give the same bits on every processor. Sine, cosine and
exponential are within one unit in the last place; what they do not cover goes to the C library, lane by lane.
"""

from __future__ import annotations

import math
import re
import struct
from fractions import Fraction
from functools import cache

LANES = 4  # points in a vector
VECTOR, INTEGERS, FLAGS = (f"<{LANES} x {kind}>" for kind in ("double", "i64", "i1"))
# pi/2 and ln 2, cut into parts; times a whole number below 2^20 (2^11), the first ones are exact
PI, LN2 = (
    Fraction(31415926535897932384626433832795028841971693993751058209749, 10**58),
    Fraction(69314718055994530941723212145817656807550013436025525412068, 10**59),
)
MOST_ANGLE = 2.0**19
LIBRARY = "sin cos tan asin acos atan sinh cosh tanh exp log log10 log2".split()  # C's functions of one number
LIBRARY_OF_TWO = ["pow", "atan2"]
CALLED = re.compile(r"call .*?@([\w.]+)\(")
WEIGHTS = '!0 = !{!"branch_weights", i32 1, i32 2000}'
MAGIC = 1.5 * 2.0**52  # added to a number, it leaves the nearest whole number in the low bits


def literal(number: float) -> str:
    """Write a number with all its bits."""
    return f"0x{struct.unpack('>Q', struct.pack('>d', number))[0]:016X}"


def splat(number: float) -> str:
    """Write a vector of one number."""
    return f"<{', '.join([f'double {literal(number)}'] * LANES)}>"


def whole(number: int) -> str:
    """Write a vector of one whole number."""
    return f"<{', '.join([f'i64 {number}'] * LANES)}>"


def parts(number: Fraction, bits: int, count: int) -> list[float]:
    """Cut a number into floats of ``bits`` bits each, the last one of all that is left."""
    found = []
    for _ in range(count - 1):
        scale = Fraction(2) ** (bits - math.frexp(float(number))[1])
        found.append(float(Fraction(math.floor(number * scale)) / scale))
        number -= Fraction(found[-1])
    return [*found, float(number)]


class Lines:
    """Instructions, each of which names its result."""

    def __init__(self, prefix: str = "v") -> None:
        self.lines: list[str] = []
        self.prefix = prefix

    def add(self, text: str) -> str:
        """Append an instruction; return the name of its result."""
        name = f"%{self.prefix}{len(self.lines)}"
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, op: str, *args: str, kind: str = VECTOR) -> str:
        """Append an operation on vectors of one kind."""
        return self.add(f"{op} {kind} {', '.join(args)}")

    def call(self, name: str, *args: str, result: str = VECTOR) -> str:
        """Append a call of a function of vectors."""
        return self.add(f"call {result} @{name}({', '.join(f'{VECTOR} {arg}' for arg in args)})")

    def choose(self, condition: str, a: str, b: str, kind: str = VECTOR) -> str:
        """Append a choice between two vectors, lane by lane."""
        return self.add(f"select {FLAGS} {condition}, {kind} {a}, {kind} {b}")

    def cast(self, value: str, before: str, after: str) -> str:
        """Read the bits of a vector as another kind."""
        return self.add(f"bitcast {before} {value} to {after}")

    def polynomial(self, z: str, coefficients: list[float]) -> str:
        """Append a polynomial in z, the constant first: its even and its odd powers side by side, for half the wait."""
        square = self.do("fmul", z, z)
        even, odd = (self.horner(square, coefficients[first::2]) for first in (0, 1))
        return self.do("fadd", even, self.do("fmul", odd, z))

    def horner(self, z: str, coefficients: list[float]) -> str:
        """Append a polynomial in z, power by power."""
        *rest, value = map(splat, coefficients)
        for coefficient in reversed(rest):
            value = self.do("fadd", self.do("fmul", value, z), coefficient)
        return value


@cache
def functions() -> dict[str, str]:
    """Return the functions of vectors by name, ``vector_sin``, ``vector_min`` and so on, and those that they call."""
    size = f"v{LANES}f64"
    found = {f"llvm.{name}.{size}": f"{VECTOR}" for name in ("fabs", "sqrt", "floor", "ceil")}
    found[f"llvm.fma.{size}"] = f"{VECTOR}, {VECTOR}, {VECTOR}"
    found |= dict.fromkeys(LIBRARY, "double") | dict.fromkeys(LIBRARY_OF_TWO, "double, double")
    texts = {
        name: f"declare {VECTOR if '.' in name else 'double'} @{name}({arguments})" for name, arguments in found.items()
    }
    texts[f"llvm.vector.reduce.or.v{LANES}i1"] = f"declare i1 @llvm.vector.reduce.or.v{LANES}i1({FLAGS})"
    texts |= {f"library_{name}": _lane_by_lane(name, 1) for name in LIBRARY}
    texts |= {f"library_{name}": _lane_by_lane(name, 2) for name in LIBRARY_OF_TWO}
    texts |= {"vector_min": _smaller("min", "olt"), "vector_max": _smaller("max", "ogt"), "vector_sign": _sign()}
    texts |= {"vector_remainder": _remainder(), "vector_exp": _exp()}
    return texts | {"vector_sin": _angle("sin"), "vector_cos": _angle("cos")}


def with_functions(text: str) -> str:
    """Return a module's text with the functions that it calls, and those that they call."""
    known, needed, waiting = functions(), dict[str, str](), [text]
    while waiting:
        for name in CALLED.findall(waiting.pop()):
            if name in known and name not in needed:
                needed[name] = known[name]
                waiting.append(known[name])
    return "\n".join([*sorted(needed.values()), text, WEIGHTS]) + "\n"


def _function(name: str, arguments: str, lines: Lines, result: str) -> str:
    body = "\n".join(lines.lines)
    return f"define internal {VECTOR} @vector_{name}({arguments}) alwaysinline {{\n{body}\n  ret {VECTOR} {result}\n}}"


def _lane_by_lane(name: str, count: int) -> str:
    """Return a function of the C library's on every lane, ``library_sin`` and so on."""
    lines, result = Lines(), "poison"
    for lane in range(LANES):
        args = [lines.add(f"extractelement {VECTOR} %a{i}, i32 {lane}") for i in range(count)]
        one = lines.add(f"call double @{name}({', '.join(f'double {arg}' for arg in args)})")
        result = lines.add(f"insertelement {VECTOR} {result}, double {one}, i32 {lane}")
    given, body = ", ".join(f"{VECTOR} %a{i}" for i in range(count)), "\n".join(lines.lines)
    return f"define internal {VECTOR} @library_{name}({given}) noinline {{\n{body}\n  ret {VECTOR} {result}\n}}"


def _smaller(name: str, comparison: str) -> str:
    """Return the smaller or the larger of two; NaN where either is."""
    lines = Lines()
    either = lines.choose(lines.do(f"fcmp {comparison}", "%b", "%a"), "%b", "%a")
    result = lines.choose(lines.do("fcmp uno", "%b", "%b"), "%b", either)
    return _function(name, f"{VECTOR} %a, {VECTOR} %b", lines, result)


def _sign() -> str:
    lines, result = Lines(), "%z"
    for comparison, value in (("oeq", 0.0), ("olt", -1.0), ("ogt", 1.0)):
        result = lines.choose(lines.do(f"fcmp {comparison}", "%z", splat(0.0)), splat(value), result)
    return _function("sign", f"{VECTOR} %z", lines, result)


def _remainder() -> str:
    """Return the remainder that has the divisor's sign."""
    lines = Lines()
    rest = lines.do("frem", "%a", "%b")
    signs = [lines.do("fcmp olt", one, splat(0.0)) for one in (rest, "%b")]
    turned = lines.choose(lines.do("xor", *signs, kind=FLAGS), lines.do("fadd", rest, "%b"), rest)
    minus = lines.do("and", lines.cast("%b", VECTOR, INTEGERS), whole(-(1 << 63)), kind=INTEGERS)
    zero = lines.cast(minus, INTEGERS, VECTOR)
    result = lines.choose(lines.do("fcmp oeq", rest, splat(0.0)), zero, turned)
    return _function("remainder", f"{VECTOR} %a, {VECTOR} %b", lines, result)


def _rescued(name: str, lines: Lines, value: str, lost: str) -> str:
    """Return a function whose lost lanes, if there are any, take the C library's value."""
    some = lines.add(f"call i1 @llvm.vector.reduce.or.v{LANES}i1({FLAGS} {lost})")
    body = "\n".join(lines.lines)
    return (
        f"define internal {VECTOR} @vector_{name}({VECTOR} %x) alwaysinline {{\nentry:\n{body}\n"
        f"  br i1 {some}, label %library, label %done, !prof !0\nlibrary:\n"
        f"  %exact = call {VECTOR} @library_{name}({VECTOR} %x)\n"
        f"  %mended = select {FLAGS} {lost}, {VECTOR} %exact, {VECTOR} {value}\n  br label %done\ndone:\n"
        f"  %result = phi {VECTOR} [{value}, %entry], [%mended, %library]\n  ret {VECTOR} %result\n}}"
    )


def _nearest(lines: Lines, x: str, scale: float) -> tuple[str, str]:
    """Return the whole number nearest to x times scale, as floats, and the integers that have it in their low bits."""
    shifted = lines.do("fadd", lines.do("fmul", x, splat(scale)), splat(MAGIC))
    return lines.do("fsub", shifted, splat(MAGIC)), lines.cast(shifted, VECTOR, INTEGERS)


def _angle(name: str) -> str:
    """Sine or cosine: the angle less a multiple of pi/2, in two floats, then a Taylor series."""
    lines = Lines()
    n, quadrant = _nearest(lines, "%x", 2 / math.pi)
    first, second, third = (lines.do("fmul", n, splat(part)) for part in parts(PI / 2, 33, 3))
    a = lines.do("fsub", "%x", first)
    high = lines.do("fsub", a, second)
    back = lines.do("fsub", high, a)  # what is lost in this difference, exactly
    lost = lines.do("fsub", lines.do("fsub", a, lines.do("fsub", high, back)), lines.do("fadd", second, back))
    low = lines.do("fsub", lost, third)
    r = lines.do("fadd", high, low)
    rest = lines.do("fadd", lines.do("fsub", high, r), low)
    z = lines.do("fmul", r, r)
    half = lines.do("fmul", z, splat(0.5))
    series = lines.polynomial(z, [(-1) ** k / math.factorial(2 * k + 1) for k in range(1, 9)])
    small = lines.do("fsub", rest, lines.do("fmul", half, rest))
    sine = lines.do("fadd", r, lines.do("fadd", lines.do("fmul", lines.do("fmul", z, r), series), small))
    series = lines.polynomial(z, [(-1) ** k / math.factorial(2 * k) for k in range(2, 9)])
    most = lines.do("fsub", splat(1.0), half)
    small = lines.do("fsub", lines.do("fmul", lines.do("fmul", z, z), series), lines.do("fmul", r, rest))
    under = lines.do("fsub", lines.do("fsub", splat(1.0), most), half)
    cosine = lines.do("fadd", most, lines.do("fadd", under, small))
    if name == "cos":
        sine, cosine = cosine, sine
        turned = lines.do("add", quadrant, whole(1), kind=INTEGERS)
    else:
        turned = quadrant
    odd = lines.do("icmp ne", lines.do("and", quadrant, whole(1), kind=INTEGERS), whole(0), kind=INTEGERS)
    size = lines.cast(lines.choose(odd, cosine, sine), VECTOR, INTEGERS)
    minus = lines.do("shl", lines.do("and", turned, whole(2), kind=INTEGERS), whole(62), kind=INTEGERS)
    value = lines.cast(lines.do("xor", size, minus, kind=INTEGERS), INTEGERS, VECTOR)
    large = lines.call(f"llvm.fabs.v{LANES}f64", "%x")
    lost = lines.do(
        "and", lines.do("fcmp oge", large, splat(MOST_ANGLE)), lines.do("fcmp olt", large, splat(math.inf)), kind=FLAGS
    )
    return _rescued(name, lines, value, lost)


def _exp() -> str:
    """Return the exponential: of x less a multiple of ln 2, in two floats, a Taylor series, then the power of two."""
    lines = Lines()
    n, power = _nearest(lines, "%x", 1 / math.log(2))
    first, second = (lines.do("fmul", n, splat(part)) for part in parts(LN2, 42, 2))
    a = lines.do("fsub", "%x", first)
    r = lines.do("fsub", a, second)
    rest = lines.do("fsub", lines.do("fsub", a, r), second)
    series = lines.polynomial(r, [1 / math.factorial(k) for k in range(2, 14)])
    small = lines.do("fadd", lines.do("fmul", lines.do("fmul", r, r), series), rest)
    most = lines.do("fadd", splat(1.0), r)
    under = lines.do("fadd", lines.do("fsub", splat(1.0), most), r)
    near = lines.cast(lines.do("fadd", most, lines.do("fadd", under, small)), VECTOR, INTEGERS)
    scaled = lines.do("add", near, lines.do("shl", power, whole(52), kind=INTEGERS), kind=INTEGERS)
    value = lines.cast(scaled, INTEGERS, VECTOR)
    for comparison, end, beyond in (("olt", -746.0, 0.0), ("ogt", 710.0, math.inf)):
        value = lines.choose(lines.do(f"fcmp {comparison}", "%x", splat(end)), splat(beyond), value)
    size = lines.call(f"llvm.fabs.v{LANES}f64", "%x")
    ends = lines.do("fcmp ogt", size, splat(700.0)), lines.do("fcmp ole", size, splat(746.0))
    lost = lines.do("and", *ends, kind=FLAGS)  # infinity from 710 to 746, as the C library has it
    return _rescued("exp", lines, value, lost)
