"""What is mathematics in a text and what stands as it is, in which fonts, and where lines break."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import get_data_path
from matplotlib.font_manager import fontManager

from optviz.errors import OptvizError
from optviz.picture.machine import fonts
from optviz.picture.machine.fonts import FAMILY, FILES, Face, font, installed_family, unknown_letters
from optviz.picture.machine.text import Typesetter, broken, shortened

S = "\u2005"
SET = Typesetter(100)


def pieces(text: str, face: Face = "regular") -> list[tuple[str, str]]:
    """Each run with its face, or ``mathtext``."""
    faces = {str(font(10.0, face).get_file()): face for face in FILES}
    return [
        (run.text, "mathtext" if run.is_mathematics else faces[str(run.font.get_file())])
        for run in SET.line(text, 10.0, face).runs
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("step", [("step", "regular")]),
        ("", []),
        ("$f$ − min $f$", [("f", "italic"), (" − min ", "regular"), ("f", "italic")]),
        ("$x - 2 x y^{12}$", [("x", "italic"), (f"{S}−{S}2", "regular"), ("xy", "italic"), ("¹²", "regular")]),
        (
            "$f(x) = -x$",
            [("f", "italic"), ("(", "regular"), ("x", "italic"), (f"){S}={S}−", "regular"), ("x", "italic")],
        ),
        (r"$\frac{1}{x}$", [(r"$\frac{1}{x}$", "mathtext")]),
        ("of $x_t$", [("of ", "regular"), ("$x_t$", "mathtext")]),
        ("100% $x$", [("100% ", "regular"), ("x", "italic")]),
    ],
)
def test_letters_in_italics_all_else_upright(text: str, expected: list[tuple[str, str]]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("costs $5", "costs $5"),
        ("costs 5 $", "costs 5 $"),
        ("cost $5 and $6", "cost $5 and $6"),
        ("from $5-$6, or $7/$8", "from $5-$6, or $7/$8"),
        ("$$", "$$"),
        ("$", "$"),
        ("$ x $", "$ x $"),
        (r"$\foo$", r"$\foo$"),
        ("$x^$ and ${$", "$x^$ and ${$"),
        (r"\$5", "$5"),
        (r"\$x\$", "$x$"),
        (r"$\hspace{1e9}$", r"$\hspace{1e9}$"),
        ("a_b^c {d} # % & ~ \\ <b>", "a_b^c {d} # % & ~ \\ <b>"),
        ("α₁ ≤ ∞", "α₁ ≤ ∞"),
    ],
)
def test_what_is_no_mathematics_stands_as_it_is(text: str, shown: str) -> None:
    assert pieces(text) == [(shown, "regular")]


def test_each_pair_is_judged_by_itself() -> None:
    assert pieces("a$b$c$") == [("a", "regular"), ("b", "italic"), ("c$", "regular")]
    assert pieces(r"$\foo$ and $x_1$") == [(r"$\foo$ and ", "regular"), ("$x_1$", "mathtext")]
    assert pieces(r"\$5 for $x$", "bold") == [("$5 for ", "bold"), ("x", "italic")]


SIGNS = ["\\$", "$$", "\\frac", "{1}", "\\sqrt", "\\alpha", "\\left(", "中", "\u0302", "é"]
PARTS = st.sampled_from([*"$\\{}^_ 5ax-", *SIGNS])


@given(st.lists(PARTS, max_size=12).map("".join))
def test_any_text_can_be_set(text: str) -> None:
    line = SET.line(text, 10.0)
    assert line.width >= 0
    room = SET.width("mmmmm", 10.0)
    cut = shortened(text, room, lambda part: SET.width(part, 10.0))
    assert cut == text or cut.endswith("…")
    lines = broken(text, room, lambda part: SET.width(part, 10.0))
    assert "".join("".join(lines).split()) == "".join(text.split())


# --- lines ----------------------------------------------------------------------------------------------


def width(text: str) -> float:
    return SET.width(text, 10.0)


def test_no_word_is_lost_where_lines_break() -> None:
    text = "The quick brown fox jumps over the lazy dog and then over $a + b$ and $c - d$ once more"
    lines = broken(text, 0.4 * width(text), width)
    assert " ".join(lines) == text
    assert len(lines) == 3
    assert max(map(width, lines)) <= 0.4 * width(text)
    assert min(map(width, lines)) > 0.25 * width(text)


def test_a_word_without_room_is_broken_between_letters() -> None:
    lines = broken("e\u0301" * 60, width("é" * 25), width)
    assert "".join(lines) == "e\u0301" * 60
    assert all(line.startswith("e") for line in lines)
    assert len(lines) == 3


def test_mathematics_is_cut_as_a_whole_or_not_at_all() -> None:
    text = r"Adam with $\beta_1=0.9, \beta_2=0.999$"
    assert shortened(text, width(text), width) == text
    assert shortened(text, width(text) - 1, width) == "Adam with…"
    assert shortened("Adam", width("Ad…"), width) == "Ad…"
    assert shortened(r"$\beta_1=0.9$", width("m"), width) == "…"


# --- fonts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("face", FILES)
def test_fonts_come_with_matplotlib(face: Face) -> None:
    assert font(10.0, face) is font(10.0, face)
    assert (font(10.0, face).get_size_in_points(), font(10.0, face).get_name()) == (10.0, "DejaVu Sans")


def test_a_letter_that_no_font_has_is_a_question_mark() -> None:
    assert unknown_letters(["Adam \U000e1234", "\U000e1234 é ∇ \ufe0f"]) == "\U000e1234"
    assert pieces("a\U000e1234b") == [("a?b", "regular")]
    assert pieces("$\U000e1234$") == [("?", "regular")]


def test_another_installed_font_helps_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A font with one Chinese letter, made here: DejaVu's capital A under another number and name."""
    from fontTools.ttLib import TTFont

    made = TTFont(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"))
    for table in made["cmap"].tables:
        table.cmap = {ord("中"): "A"} if table.isUnicode() else {}
    for record in made["name"].names:
        record.string = str(record).replace("DejaVu Sans", "Made Here")
    made.save(tmp_path / "made.ttf")
    monkeypatch.setattr(fontManager, "ttflist", list(fontManager.ttflist))
    fontManager.addfont(tmp_path / "made.ttf")
    fonts.family_with.cache_clear()
    try:
        assert fonts.family_with("中") == "Made Here"
        (run,) = SET.line("a中", 11.0).runs
        assert run.text == "a中"
        assert run.width == pytest.approx(SET.width("aA", 11.0), abs=1)
    finally:
        fonts.family_with.cache_clear()
        SET.line.cache_clear()


def test_letters_that_a_family_lacks_come_from_another_one() -> None:
    typesetter = Typesetter(100, "STIXGeneral")
    (plain,) = typesetter.line("Adam", 10.0).runs
    (mixed,) = typesetter.line("Adam ⚑", 10.0).runs
    assert (plain.font.get_name(), plain.text) == ("STIXGeneral", "Adam")
    assert (mixed.font.get_family(), mixed.text) == (["STIXGeneral", FAMILY], "Adam ⚑")
    assert typesetter.width("Adam ⚑", 10.0) > typesetter.width("Adam ", 10.0)


def test_a_family_that_is_not_installed_is_told_with_the_nearest() -> None:
    assert installed_family("stixgeneral") == "STIXGeneral"
    with pytest.raises(OptvizError, match=r"render\.font: no font family STIXGenral is installed; did you mean STIXG"):
        installed_family("STIXGenral")
    with pytest.raises(OptvizError, match="no font family qqq is installed; such as DejaVu Sans"):
        installed_family("qqq")
