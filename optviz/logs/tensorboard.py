"""Reads scalars from TensorBoard's event files without TensorFlow.

A file is a sequence of records: length (8 bytes), its checksum (4), the record, its checksum (4). A record is an Event
of Protocol Buffers: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from optviz.errors import OptvizError
from optviz.logs.log import Log, log_of

HEAD_BYTES, FOOT_BYTES = 12, 4
STEP, SUMMARY = 2, 5  # fields of an Event
VALUE = 1  # of a Summary
TAG, SIMPLE_VALUE, TENSOR = 1, 2, 8  # of a Value
DTYPE, CONTENT, FLOATS, DOUBLES = 1, 4, 5, 6  # of a TensorProto
FLOAT, DOUBLE = 1, 2  # types of its numbers
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types
MOST_RECORD_BYTES = 1 << 24


def read_events(paths: list[Path]) -> list[Log]:
    """Return a run for every scalar in these files, under its tag, of one writer. Raises OptvizError."""
    steps: dict[str, list[int]] = {}
    values: dict[str, list[float]] = {}
    for path in paths:
        for step, tag, value in _scalars(path.read_bytes()):
            steps.setdefault(tag, []).append(step)
            values.setdefault(tag, []).append(value)
    logs = (log_of(tag, np.array(steps[tag], np.float64), np.array(values[tag]), None) for tag in values)
    return [log for log in logs if log is not None]


def _scalars(raw: bytes) -> Iterator[tuple[int, str, float]]:
    """Yield step, tag and number of every scalar; a last record that was cut is left out."""
    place = 0
    while place + HEAD_BYTES <= len(raw):
        (length,) = struct.unpack_from("<Q", raw, place)
        end = place + HEAD_BYTES + length
        if length > MOST_RECORD_BYTES:
            raise OptvizError("is no event file of TensorBoard")
        if end + FOOT_BYTES > len(raw):
            return
        yield from _of_event(raw[place + HEAD_BYTES : end])
        place = end + FOOT_BYTES


def _of_event(event: bytes) -> Iterator[tuple[int, str, float]]:
    fields = list(_fields(event))
    step = next((int(value) for number, value in fields if number == STEP and isinstance(value, int)), 0)
    for number, summary in fields:
        if number == SUMMARY and isinstance(summary, bytes):
            for inner, value in _fields(summary):
                if inner == VALUE and isinstance(value, bytes):
                    yield from ((step, tag, number) for tag, number in _tagged(value))


def _tagged(value: bytes) -> Iterator[tuple[str, float]]:
    """Yield the tag and the number of a Value that is a scalar."""
    found = dict(_fields(value))
    tag = found.get(TAG)
    simple, tensor = found.get(SIMPLE_VALUE), found.get(TENSOR)
    if not isinstance(tag, bytes):
        return
    if isinstance(simple, float):
        yield tag.decode("utf-8", "replace"), simple
    elif isinstance(tensor, bytes) and (number := _of_tensor(dict(_fields(tensor)))) is not None:
        yield tag.decode("utf-8", "replace"), number


def _of_tensor(tensor: dict[int, int | float | bytes]) -> float | None:
    """Return the one number of a tensor of floats or doubles."""
    kind = {FLOAT: "<f4", DOUBLE: "<f8"}.get(int(tensor.get(DTYPE, 0)))
    if kind is None:
        return None
    held = tensor.get(CONTENT) or tensor.get(FLOATS if kind == "<f4" else DOUBLES)
    if isinstance(held, float):
        return held
    if not isinstance(held, bytes) or len(held) != np.dtype(kind).itemsize:
        return None
    return float(np.frombuffer(held, kind)[0])


def _fields(message: bytes) -> Iterator[tuple[int, int | float | bytes]]:
    """Yield number and value of each field of a message. Raises OptvizError for what is none."""
    place = 0
    try:
        while place < len(message):
            key, place = _varint(message, place)
            number, kind = key >> 3, key & 7
            if kind == VARINT:
                whole, place = _varint(message, place)
                yield number, whole
            elif kind == BYTES:
                length, place = _varint(message, place)
                yield number, message[place : place + length]
                place += length
            elif kind in (FIXED64, FIXED32):
                form, size = ("<d", 8) if kind == FIXED64 else ("<f", 4)
                yield number, struct.unpack_from(form, message, place)[0]
                place += size
            else:
                raise OptvizError("is no event file of TensorBoard")
    except (IndexError, struct.error):
        raise OptvizError("is no event file of TensorBoard") from None


def _varint(message: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[place]
        number |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return number, place
