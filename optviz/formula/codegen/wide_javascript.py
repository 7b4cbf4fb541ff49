"""Write a formula's graph as JavaScript of numbers m·2^e whose exponent is far beyond float64's: ``formula.wide``'s.

It is what a page falls back on where plain numbers overflow on the way. A number is an array [m, e] with 0.5 <= abs(m)
< 1, or [m, 0] for 0, an infinity and NaN. The source needs ``javascript.PRELUDE``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from optviz.formula.codegen.javascript import literal
from optviz.formula.codegen.straight_line import straight_line
from optviz.formula.graph import Node, variables_of
from optviz.formula.wide import LOG2_HIGH, LOG2_LOW

# What operations are called; a comparison compares the difference with 0, and gives a truth value.
NAMES = {"+": "wAdd", "-": "wSub", "*": "wMul", "/": "wDiv", "%": "wMod", "neg": "wNeg"}
NAMES |= {"absolute": "wAbs", "maximum": "wMax", "minimum": "wMin", "log10": "wLog10", "log2": "wLog2"}
COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "===", "!=": "!=="}
BRACKETED = {"not": "(!{})", "and": "({}&&{})", "or": "({}||{})", "where": "({}?{}:{})"}

# Every function, after those that it calls.
FUNCTIONS = {
    "wBits": "new Float64Array(1)",
    "wHalves": "new Uint32Array(wBits.buffer)",
    "wTwo": "k=>(wHalves[0]=0,wHalves[1]=k+1023<<20,wBits[0])",  # 2^k for abs(k) < 1023
    "w": "(m,e=0)=>{if(!m||m*0!==0)return[m,0];const s=abs(m)<1e-300?64:0;wBits[0]=s?m*2**64:m;"
    "const h=wHalves[1];wHalves[1]=h&0x800fffff|0x3fe00000;return[wBits[0],e+(h>>>20&2047)-1022-s]}",
    "wFloat": "(z,by=0)=>{const s=max_(-1100,min_(1100,z[1]-by)),h=s>>1;return z[0]*wTwo(h)*wTwo(s-h)}",
    "wPlain": "z=>!z[0]||z[0]*0!==0||abs(z[1])<1000",
    "wNeg": "z=>[-z[0],z[1]]",
    "wTop": "(a,b)=>{const top=max_(a[0]?a[1]:-1/0,b[0]?b[1]:-1/0);return top*0===0?top:0}",
    "wAdd": "(a,b)=>{const top=wTop(a,b);return w(wFloat(a,top)+wFloat(b,top),top)}",
    "wSub": "(a,b)=>wAdd(a,wNeg(b))",
    "wMul": "(a,b)=>w(a[0]*b[0],a[1]+b[1])",
    "wDiv": "(a,b)=>w(a[0]/b[0],a[1]-b[1])",
    "wFloor": "z=>z[1]>53?z:w(floor(z[1]<0?z[0]:wFloat(z)))",
    "wCeil": "z=>wNeg(wFloor(wNeg(z)))",
    "wMod": "(a,b)=>wPlain(a)&&wPlain(b)?w(mod(wFloat(a),wFloat(b))):wSub(a,wMul(b,wFloor(wDiv(a,b))))",
    "wAbs": "([m,e])=>[abs(m),e]",
    "wSign": "z=>w(sign(z[0]))",
    "wExp": "z=>{const v=wFloat(z),k=floor(v/Math.LN2+.5);"
    f"return abs(k)<2**53?w(exp(v-k*{LOG2_HIGH}-k*{LOG2_LOW}),k):w(v>0?1/0:v<0?0:v)}}",
    "wLog": "z=>w(wPlain(z)?log(wFloat(z)):log(z[0])+z[1]*Math.LN2)",
    "wLog10": "z=>wDiv(wLog(z),w(Math.LN10))",
    "wLog2": "z=>wDiv(wLog(z),w(Math.LN2))",
    "wSqrt": "([m,e])=>{const o=mod(e,2);return w(sqrt(m*(1+o)),(e-o)/2)}",
    "wOdd": "f=>z=>wPlain(z)||z[1]>0?w(f(wFloat(z))):z",
    **{f"w{name.title()}": f"wOdd({name})" for name in ("sin", "tan", "asin", "atan", "tanh")},
    **{f"w{name.title()}": f"z=>w({name}(wFloat(z)))" for name in ("cos", "acos")},
    "wSinh": "z=>abs(wFloat(z))<700?wOdd(sinh)(z):wDiv(wSub(wExp(z),wExp(wNeg(z))),w(2))",
    "wCosh": "z=>wDiv(wAdd(wExp(z),wExp(wNeg(z))),w(2))",
    "wPower": "(a,b)=>{const p=wFloat(b),plain=pow_(wFloat(a),p);"
    "if(!a[0]||wPlain(a)&&plain&&plain*0===0)return w(plain);"
    "const s=a[0]>=0||mod(p,2)===0?1:mod(p,1)===0?-1:NaN,[m,e]=wExp(wMul(w(p),wLog(wAbs(a))));return w(m*s,e)}",
    "wMax": "(a,b)=>a[0]!==a[0]||wSub(a,b)[0]>=0?a:b",
    "wMin": "(a,b)=>wNeg(wMax(wNeg(a),wNeg(b)))",
    "wAtan2": "(y,x)=>{const top=wTop(y,x);return w(atan2(wFloat(y,top),wFloat(x,top)))}",
}


def function(roots: Sequence[Node], variables: Sequence[str]) -> str:
    """Return the source of a function of plain numbers: an array of all values, as plain numbers again."""
    program = straight_line(roots, expression)
    used = variables_of(roots)
    wide = "".join(f"{name}=w({name});" for name in variables if name in used)
    declared = ",".join(f"{name}={text}" for name, text in program.assignments)
    body = wide + (f"const {declared};" if declared else "")
    return f"({','.join(variables)})=>{{{body}return[{','.join(program.results)}].map(z=>wFloat(z))}}"


def expression(node: Node, args: Sequence[str]) -> str:
    """Return the expression of a node from those of its arguments."""
    if node.op == "variable":
        return node.name
    if node.op == "number":
        return literal(node.constant) if isinstance(node.constant, bool) else f"w({literal(node.constant)})"
    if node.op in BRACKETED:
        return BRACKETED[node.op].format(*args)
    if node.op in COMPARISONS:
        return f"(wSub({args[0]},{args[1]})[0]{COMPARISONS[node.op]}0)"
    return f"{NAMES.get(node.op, f'w{node.op.title()}')}({','.join(args)})"


def prelude(source: str) -> str:
    """Declare the functions that a source calls, and those that they call."""
    needed: set[str] = set()
    waiting = [source]
    while waiting:
        new = {name for name in re.findall(r"\bw[A-Z]?\w*\b", waiting.pop()) if name in FUNCTIONS} - needed
        needed |= new
        waiting += [FUNCTIONS[name] for name in new]
    declared = ",".join(f"{name}={text}" for name, text in FUNCTIONS.items() if name in needed)
    return f"const {declared};" if declared else ""
