"""Reads scalars from TensorBoard's event files without TensorFlow.

A file is a sequence of records: length (8 bytes), its checksum (4), the record, its checksum (4). A record is an Event
of Protocol Buffers: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto
Nearly all records of a file differ in nothing but time, step and number: one of them is parsed, and all that have its
form are read at once.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optviz.errors import OptvizError
from optviz.logs.log import Floats, Log, log_of

HEAD_BYTES, FOOT_BYTES = 12, 4
WALL_TIME, STEP, SUMMARY = 1, 2, 5  # fields of an Event
VALUE = 1  # of a Summary
TAG, SIMPLE_VALUE, TENSOR = 1, 2, 8  # of a Value
DTYPE, CONTENT, FLOATS, DOUBLES = 1, 4, 5, 6  # of a TensorProto
TYPES = {1: ("<f4", FLOATS), 2: ("<f8", DOUBLES)}  # of its numbers: as NumPy spells them, and their field
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types
MOST_RECORD_BYTES = 1 << 24
MOST_FORMS = 256  # of records of one length; to look for those of one form takes a 256th of the time to parse them all

Rows = NDArray[np.uint8]  # (n, length) records
Found = tuple[NDArray[np.intp], Floats, Floats]  # (n,) numbers of records, their steps, their values


class Field(NamedTuple):
    """A field of a message: its number, its wire type, and where in the record its content stands."""

    number: int
    wire: int
    begin: int
    end: int


class Scalar(NamedTuple):
    """A number in a record: its tag, its type, as NumPy spells it, and where it stands."""

    tag: str
    type: str
    begin: int
    end: int


class Form(NamedTuple):
    """What records have in common that differ in time, step and numbers alone."""

    times: list[Field]
    steps: list[Field]  # at most one
    scalars: list[Scalar]


def read_events(paths: list[Path]) -> list[Log]:
    """Return a run for every scalar in these files, under its tag, of one writer. Raises OptvizError."""
    steps: dict[str, list[Floats]] = {}
    values: dict[str, list[Floats]] = {}
    for path in paths:
        for tag, found in _scalars(path.read_bytes()).items():
            records, stepped, measured = map(np.concatenate, zip(*found, strict=True))
            order = np.argsort(records, kind="stable")
            steps.setdefault(tag, []).append(stepped[order])
            values.setdefault(tag, []).append(measured[order])
    logs = (log_of(tag, np.concatenate(steps[tag]), np.concatenate(values[tag]), None) for tag in values)
    return [log for log in logs if log is not None]


def _scalars(raw: bytes) -> dict[str, list[Found]]:
    """Return what each scalar's records hold, by its tag; the tag that comes first is the first."""
    begins, lengths = _records(raw)
    found: dict[str, list[Found]] = {}
    for length in np.unique(lengths[lengths > 0]).tolist():
        records = np.flatnonzero(lengths == length)
        rows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(raw, np.uint8), length)[begins[records]]
        for which, form in _forms(rows):
            for scalar in form.scalars:
                found.setdefault(scalar.tag, []).append((records[which], *_numbers(rows[which], form, scalar)))
    return dict(sorted(found.items(), key=lambda item: min(one[0] for one, *_ in item[1])))


def _records(raw: bytes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where each record begins and how long it is; a last one that was cut is left out."""
    begins, lengths = [], []
    read, place, last = struct.Struct("<Q").unpack_from, 0, len(raw) - HEAD_BYTES
    while place <= last:
        (length,) = read(raw, place)
        if length > MOST_RECORD_BYTES:
            raise OptvizError("is no event file of TensorBoard")
        begins.append(place + HEAD_BYTES)
        lengths.append(length)
        place += HEAD_BYTES + length + FOOT_BYTES
    whole = len(begins) - (place > len(raw))
    return np.array(begins[:whole], np.intp), np.array(lengths[:whole], np.intp)


def _forms(rows: Rows) -> Iterator[tuple[NDArray[np.intp], Form]]:
    """Yield the forms of records of one length, each with the numbers of those that have it."""
    left = np.arange(len(rows))
    for _ in range(MOST_FORMS):
        if not left.size:
            return
        form = _form(rows[left[0]].tobytes())
        alike = _have_form(rows[left], form)
        yield left[alike], form
        left = left[~alike]
    for one in left:
        yield np.array([one]), _form(rows[one].tobytes())


def _have_form(rows: Rows, form: Form) -> NDArray[np.bool_]:
    """Return which records differ from the first in nothing but times, numbers, and steps of as many bytes."""
    is_fixed = np.ones(rows.shape[1], bool)
    parts: list[Field | Scalar] = [*form.times, *form.steps, *form.scalars]
    for one in parts:
        is_fixed[one.begin : one.end] = False
    alike = (rows[:, is_fixed] == rows[0, is_fixed]).all(axis=1)
    for step in form.steps:
        goes_on = rows[:, step.begin : step.end] >= 0x80
        alike &= (goes_on == goes_on[0]).all(axis=1)
    return np.asarray(alike)


def _numbers(rows: Rows, form: Form, scalar: Scalar) -> tuple[Floats, Floats]:
    """Return the steps and the values of a scalar in records of one form."""
    steps = np.zeros(len(rows))
    for step in form.steps:
        steps = (rows[:, step.begin : step.end] & 0x7F) @ 128.0 ** np.arange(step.end - step.begin)
    values = np.ascontiguousarray(rows[:, scalar.begin : scalar.end]).view(scalar.type).ravel()
    return steps, values.astype(np.float64)


# --- one record -----------------------------------------------------------------------------------


def _form(record: bytes) -> Form:
    """Parse an Event. Raises OptvizError for what is none."""
    fields = list(_fields(record, 0, len(record)))
    values = [
        value
        for summary in fields
        if summary.number == SUMMARY and summary.wire == BYTES
        for value in _fields(record, summary.begin, summary.end)
        if value.number == VALUE and value.wire == BYTES
    ]
    return Form(
        [one for one in fields if one.number == WALL_TIME and one.wire == FIXED64],
        [one for one in fields if one.number == STEP and one.wire == VARINT][:1],
        [scalar for value in values if (scalar := _scalar(record, value)) is not None],
    )


def _scalar(record: bytes, value: Field) -> Scalar | None:
    """Return the number of a Value, None where it is something else, such as an image."""
    found = {one.number: one for one in _fields(record, value.begin, value.end)}
    tag, simple, tensor = (found.get(number) for number in (TAG, SIMPLE_VALUE, TENSOR))
    if tag is None or tag.wire != BYTES:
        return None
    name = record[tag.begin : tag.end].decode("utf-8", "replace")
    if simple is not None and simple.wire == FIXED32:
        return Scalar(name, "<f4", simple.begin, simple.end)
    return None if tensor is None or tensor.wire != BYTES else _of_tensor(record, name, tensor)


def _of_tensor(record: bytes, tag: str, tensor: Field) -> Scalar | None:
    """Return the one number of a tensor of floats or doubles."""
    found = {one.number: one for one in _fields(record, tensor.begin, tensor.end)}
    kind = found.get(DTYPE)
    known = None if kind is None or kind.wire != VARINT else TYPES.get(_varint(record, kind.begin)[0])
    if known is None:
        return None
    form, own = known
    held = [found[number] for number in (CONTENT, own) if number in found]
    numbers = [one for one in held if one.end - one.begin == np.dtype(form).itemsize]
    return Scalar(tag, form, numbers[0].begin, numbers[0].end) if numbers else None


def _fields(record: bytes, place: int, end: int) -> Iterator[Field]:
    """Yield each field of the message that stands there. Raises OptvizError for what is none."""
    try:
        while place < end:
            key, begin = _varint(record, place)
            number, wire = key >> 3, key & 7
            if wire == VARINT:
                place = _varint(record, begin)[1]
            elif wire == BYTES:
                length, begin = _varint(record, begin)
                place = begin + length
            else:
                place = begin + {FIXED64: 8, FIXED32: 4}[wire]
            if place > end:
                raise IndexError
            yield Field(number, wire, begin, place)
    except (IndexError, KeyError):
        raise OptvizError("is no event file of TensorBoard") from None


def _varint(message: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[place]
        number |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return number, place
