from __future__ import annotations

from math import inf, isnan

import pytest
import yaml

from optviz.errors import OptvizError
from optviz.scenario import document as document_module
from optviz.scenario.document import Place, decode, plain, read_document

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
        "a": Place(1, 1),
        "a[0].b": Place(2, 5),
        "a[0].b.c": Place(2, 9),
        "a[1].é": Place(3, 5),
        "d": Place(4, 1),
    }
    assert document.values["a[0].b.c"] == Place(2, 12)
    assert document.values["a[1].é"] == Place(3, 8)
    assert document.values["d[1]"] == Place(5, 3)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: xyz\n", Place(1, 4)),
        ("a: 'xyz'\n", Place(1, 5)),
        ('a: "xyz"\n', Place(1, 5)),
        ("a: 'x''z'\n", None),
        ('a: "x\\tz"\n', None),
        ("a: x\n  z\n", None),
        ("a: >\n  xyz\n", None),
    ],
)
def test_only_plain_lines_have_places_inside(text: str, place: Place | None) -> None:
    assert read_document(text, "x").inner.get("a") == place


def test_small_aliases_are_written_out() -> None:
    assert read_document("a: &a {b: [1, 2]}\nc: [*a, *a]\n", "x").data["c"] == [{"b": [1, 2]}] * 2


@pytest.mark.parametrize("raw", [b"a: 1\nb: 2\n", b"\xef\xbb\xbfa: 1\nb: 2\n", b"a: 1\r\nb: 2\r\n"])
def test_byte_order_marks_and_line_ends_do_not_matter(raw: bytes) -> None:
    document = read_document(decode(raw, "x"), "x")
    assert document.data == {"a": 1, "b": 2}
    assert document.keys == {"a": Place(1, 1), "b": Place(2, 1)}


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
    monkeypatch.setattr(document_module, "_LOADER", yaml.SafeLoader)
    with pytest.raises(OptvizError) as caught:
        read_document(text, "x")
    assert "not YAML" not in str(caught.value)
