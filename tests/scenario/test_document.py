from __future__ import annotations

from math import inf, isnan
from typing import Any

import pytest
import yaml

from optviz.errors import OptvizError
from optviz.scenario import document as document_module
from optviz.scenario.document import Position, Untagged, decode, plain, read_document

SCALARS = [
    ("1e-3", 1e-3),
    ("1e3", 1000.0),
    ("1.", 1.0),
    (".5", 0.5),
    ("-0.25E+2", -25.0),
    ("12", 12),
    ("-7", -7),
    ("+7", 7),
    ("010", 10),
    ("0x1F", 31),
    ("0o17", 15),
    (".inf", inf),
    ("-.INF", -inf),
    ("9" * 5000, inf),
    ("true", True),
    ("False", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("yes", "yes"),
    ("No", "No"),
    ("on", "on"),
    ("off", "off"),
    ("1_000", "1_000"),
    ("1:30", "1:30"),
    ("0b11", "0b11"),
    ("2026-01-01", "2026-01-01"),
    ("nan", "nan"),
    ("1e", "1e"),
    (".", "."),
    ("=", "="),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    assert (plain(text), type(plain(text))) == (value, type(value))


def test_nan_is_read() -> None:
    assert isnan(plain(".nan"))


def test_quoted_scalars_are_text() -> None:
    assert read_document("a: '1'\nb: \"true\"\nc: |\n  3\n", "x").data == {"a": "1", "b": "true", "c": "3\n"}


@pytest.mark.parametrize("key", ["title", "label", "text", "formula"])
@pytest.mark.parametrize("written", ["7", "1e3", "no", "true", "null", "0.10"])
def test_words_stay_as_written(key: str, written: str) -> None:
    assert read_document(f"{key}: {written}\n", "x").data == {key: written}


def test_every_key_and_value_has_its_place() -> None:
    document = read_document("a:\n  - b: {c: 1}\n  - é: 2\nd: [3,\n  4]\n", "x")
    assert document.keys == {
        "a": Position(1, 1),
        "a[0].b": Position(2, 5),
        "a[0].b.c": Position(2, 9),
        "a[1].é": Position(3, 5),
        "d": Position(4, 1),
    }
    assert document.values["a[0].b"] == Position(2, 8, len("{c: 1}"))
    assert document.values["a[0].b.c"] == Position(2, 12)
    assert document.values["a[1].é"] == Position(3, 8)
    assert document.values["d[1]"] == Position(5, 3)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a: xyz\n", Position(1, 4, 3)),
        ("a: 'xyz'\n", Position(1, 5, 3)),
        ('a: "xyz"\n', Position(1, 5, 3)),
        ("a: 'x''z'\n", None),
        ('a: "x\\tz"\n', None),
        ("a: x\n  z\n", None),
        ("a: >\n  xyz\n", None),
    ],
)
def test_only_plain_lines_have_places_inside(text: str, position: Position | None) -> None:
    assert read_document(text, "x").inner.get("a") == position


MARKED = [
    ("steps: 1\nrender: {fps: 610}\n", "render.fps", {}, "610"),
    ("steps: 1\nrender: {fsp: 610}\n", "render.fsp", {"at_key": True}, "fsp"),
    ("title: 'my race'\n", "title", {}, "'my race'"),
    ("formula: 'x**2 + zz'\n", "formula", {"offset": 8, "width": 2}, "zz"),
    ("formula: x^2\n", "formula", {"offset": 2}, "^"),
    ("steps:\n", "steps", {}, ""),
    ("a: [1,\n 2]  # so\n", "a", {}, "[1,"),
    ("a: {b: 1}\n", "a.c", {}, "{b: 1}"),
    ("a: &x {b: 1}\nc: *x\n", "c.b", {}, "1"),
    ("π: {é: ö}\r\nc: 7\r\n", "c", {}, "7"),
    ("a: '\u2028'\nb: 7\n", "b", {}, "7"),
    ("a: 'x\u00a0y' \nb: 'x\ty'\n", "b", {}, "'x y'"),
]


@pytest.mark.parametrize(("text", "path", "where", "token"), MARKED)
def test_an_issue_marks_the_token_in_its_line(text: str, path: str, where: dict[str, Any], token: str) -> None:
    document = read_document(text, "x")
    document.report(path, "wrong", **where)
    (issue,) = document.issues
    assert issue.line is not None
    assert issue.column is not None
    start = issue.column - 1
    assert issue.source[start : start + issue.width] == token


@pytest.mark.parametrize(
    ("text", "marked"), [("a: [1, 2\nb: 3\n", "["), ("title: @home\n", "@"), ("a: *x\n", "*"), ("a: 1\n---\nb\n", "-")]
)
def test_a_syntax_error_marks_its_character(text: str, marked: str) -> None:
    with pytest.raises(OptvizError) as caught:
        read_document(text, "x")
    (issue,) = caught.value.issues
    assert issue.source[(issue.column or 0) - 1] == marked


def test_bytes_that_are_no_text_are_marked() -> None:
    with pytest.raises(OptvizError) as caught:
        decode(b"a: 1\nb: caf\xe9 \xe9\n", "x")
    (issue,) = caught.value.issues
    assert issue.source == "b: caf\ufffd \ufffd"


def test_a_mistake_is_noted_once() -> None:
    document = read_document("a: 1\n", "x")
    document.report("a", "wrong")
    document.report("a", "wrong", "a hint")
    document.report("a", "also wrong")
    assert [issue.message for issue in document.issues] == ["wrong", "also wrong"]


def test_small_aliases_are_pretty() -> None:
    assert read_document("a: &a {b: [1, 2]}\nc: [*a, *a]\n", "x").data["c"] == [{"b": [1, 2]}] * 2


@pytest.mark.parametrize("raw", [b"a: 1\nb: 2\n", b"\xef\xbb\xbfa: 1\nb: 2\n", b"a: 1\r\nb: 2\r\n"])
def test_byte_order_marks_and_line_ends_do_not_matter(raw: bytes) -> None:
    document = read_document(decode(raw, "x"), "x")
    assert document.data == {"a": 1, "b": 2}
    assert document.keys == {"a": Position(1, 1), "b": Position(2, 1)}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"a: 1\nb: caf\xe9\n", "x:2:7: not UTF-8 text: byte 0xe9; save the file as UTF-8"),
        (b"\xff\xfea\x00", "x:1:1: not UTF-8 text: byte 0xff; save the file as UTF-8"),
    ],
)
def test_other_encodings_are_refused(raw: bytes, message: str) -> None:
    with pytest.raises(OptvizError, match=f"^{message}$"):
        decode(raw, "x")


@pytest.mark.parametrize("text", ["a: [1\n", "a: 'x\n", "a:\n\tb: 1\n", "a: b: c\n", " a: 1\nb: 2\n", "a: 1\n]\n"])
def test_pyyamls_own_parser_says_the_same_kind_of_thing(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_module, "Loader", type("Pure", (Untagged, yaml.SafeLoader), {}))
    with pytest.raises(OptvizError) as caught:
        read_document(text, "x")
    assert "not YAML" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a: 1\noutput: x.gif\nb: 2\n", "a: 1\nb: 2\n"),
        ("a: 1\noutput:\n- x.gif\n- y.gif  # mine\n\n# b\nb: 2\n", "a: 1\n\n# b\nb: 2\n"),
        ("a: 1\r\n'output': >-\r\n  x.gif\r\nb: .nan", "a: 1\r\nb: .nan"),
        ("a: 1\noutput: x.gif", "a: 1\n"),
        ("a: 1\n", "a: 1\n"),
        ("a: {output: 1}\n", "a: {output: 1}\n"),
        ("{a: 1, output: x.gif}\n", None),
        ("{a: 1,\noutput: x.gif}\n", None),
        ("output: &here x.gif\na: *here\n", None),
    ],
)
def test_a_key_is_cut_out_of_the_text(text: str, left: str | None) -> None:
    assert read_document(text, "x.yaml").text_without("output") == left
