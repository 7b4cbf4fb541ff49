"""What terminals are sent, decoded again, is the picture: kitty's graphics, Sixel, half blocks."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from optviz.frames import Box, Pixels
from optviz.output.gif.palette import TRANSPARENT
from optviz.output.terminal import Grid
from optviz.output.terminal.blocks import CUBE_LEVELS, BlockPainter
from optviz.output.terminal.kitty import CHUNK_BYTES, NUMBER, PLACEHOLDER, ROW_MARKS, KittyPainter
from optviz.output.terminal.sixel import SixelPainter, spelled
from tests.output.films import film

Picture = NDArray[np.int64]


def test_a_picture_fills_the_cells_that_it_may_without_being_stretched() -> None:
    assert Grid(80, 24, (8, 16)).cells_of(640, 384) == (80, 24)
    assert Grid(80, 24, (8, 16)).cells_of(1280, 384) == (80, 12)
    assert Grid(80, 24, (8, 16)).cells_of(100, 384) == (12, 24)
    assert Grid(80, 24, (8, 16)).cells_of(10_000, 10) == (80, 1)


# --- Sixel --------------------------------------------------------------------------------------------


def drawn_bands(text: str, height: int, width: int) -> Picture:
    """The colour numbers that Sixel characters put down, -1 where none was."""
    picture, colour, top, column = np.full((height, width), -1), -1, 0, 0
    for number, count, run, character, move in re.findall(r"#(\d+)|!(\d+)([?-~])|([?-~])|([$-])", text):
        if number:
            colour = int(number)
        elif move:
            top, column = top + 6 * (move == "-"), 0
        else:
            bits, length = ord(run or character) - 63, int(count or 1)
            for row in (row for row in range(6) if bits >> row & 1):
                picture[top + row, column : column + length] = colour
            column += length
    return picture


def decoded_sixel(data: bytes) -> Picture:
    head = re.fullmatch(rb'\x1b\[H\x1bP0;1q"1;1;(\d+);(\d+)((?:#\d+;2;\d+;\d+;\d+)*)(.*)\x1b\\', data, re.DOTALL)
    assert head is not None
    width, height = int(head[1]), int(head[2])
    colours = np.zeros((256, 3))
    for number, *percent in re.findall(rb"#(\d+);2;(\d+);(\d+);(\d+)", head[3]):
        colours[int(number)] = np.array(percent, float) * 2.55
    numbers = drawn_bands(head[4].decode("ascii"), -(-height // 6) * 6, width)
    assert (numbers[:height] >= 0).all()
    assert (numbers[height:] == -1).all()
    return np.rint(colours[numbers[:height]]).astype(np.int64)


def test_sixel_is_the_film_in_the_colours_of_its_palette() -> None:
    whole = film(width=97, height=65, frames=6)  # no multiple of anything
    painter = SixelPainter(whole.height, whole.width, whole.samples())
    for frame in whole.draw():
        shown = decoded_sixel(painter.paint(frame.pixels, frame.boxes))
        off = np.abs(shown - frame.pixels[..., :3].astype(int))
        assert off[:-8].max() <= 2  # flat areas: exact but for the hundredths that Sixel counts in
        assert off.max() <= 16
    assert painter.paint(frame.pixels, ()) == b""
    assert painter.paint(frame.pixels, frame.boxes) == b""  # nothing in them changed
    assert painter.erase() == b""


@pytest.mark.parametrize("width", [1, 5, 640, 1201])
def test_bands_say_every_index(width: int) -> None:
    random = np.random.default_rng(width)
    for most in (1, 2, 255):
        runs = np.repeat(random.integers(0, most + 1, (6, width)), 4, axis=1)[:, :width].astype(np.uint8)
        said = drawn_bands(spelled(runs).decode(), 6, width)
        assert np.array_equal(np.where(said < 0, TRANSPARENT, said), runs)
    assert spelled(np.full((6, width), 7, np.uint8)).startswith(b"$#7")
    assert len(spelled(np.full((6, width), 7, np.uint8))) <= 9


# --- kitty --------------------------------------------------------------------------------------------


def commands(data: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    for keys, payload in re.findall(rb"\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\", data):
        assert len(payload) <= CHUNK_BYTES
        yield dict(one.split("=") for one in keys.decode().split(",")), payload


def decoded_kitty(data: bytes) -> tuple[dict[str, str], Pixels]:
    (keys, _), *others = parts = list(commands(data))
    assert [part[0]["m"] for part in parts] == ["1"] * len(others) + ["0"]
    pixels = zlib.decompress(base64.b64decode(b"".join(payload for _, payload in parts)))
    return keys, np.frombuffer(pixels, np.uint8).reshape(int(keys["v"]), int(keys["s"]), 3)


def test_kitty_is_sent_every_pixel() -> None:
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (50, 60, 4), np.uint8)
    painter = KittyPainter(20, 9)
    keys, shown = decoded_kitty(painter.paint(pixels, [Box(0, 0, 50, 60)]))
    assert np.array_equal(shown, pixels[..., :3])
    assert (keys["a"], keys["q"], keys["c"], keys["r"], keys["C"]) == ("T", "2", "20", "9", "1")
    assert painter.paint(pixels, ()) == b""
    ((deleted, _),) = commands(painter.erase())
    assert (deleted["a"], deleted["d"], deleted["i"]) == ("d", "I", keys["i"])


def test_tmux_passes_the_picture_on_and_keeps_the_cells_that_show_it() -> None:
    pixels = np.zeros((80, 60, 4), np.uint8)
    painter = KittyPainter(4, 3, through_tmux=True)
    first = painter.paint(pixels, [Box(0, 0, 80, 60)])
    wrapped = re.findall(rb"\x1bPtmux;((?:\x1b\x1b|[^\x1b])*)\x1b\\", first)
    keys, shown = decoded_kitty(b"".join(part.replace(b"\x1b\x1b", b"\x1b") for part in wrapped))
    assert shown.shape == (80, 60, 3)
    assert keys["U"] == "1"
    cells = re.sub(rb"\x1bPtmux;((?:\x1b\x1b|[^\x1b])*)\x1b\\", b"", first).decode()
    colour = re.search(r"\x1b\[38;2;(\d+);(\d+);(\d+)m", cells)
    assert colour is not None
    assert int(colour[1]) << 16 | int(colour[2]) << 8 | int(colour[3]) == NUMBER == int(keys["i"])
    rows = re.findall(rf"\x1b\[(\d+);1H{PLACEHOLDER}(.)\u0305((?:{PLACEHOLDER})*)", cells)
    assert [(int(row), ROW_MARKS.index(ord(mark)), len(rest)) for row, mark, rest in rows] == [
        (1, 0, 3),
        (2, 1, 3),
        (3, 2, 3),
    ]
    again = painter.paint(pixels, [Box(0, 0, 1, 1)])
    assert PLACEHOLDER.encode() not in again
    assert len(set(ROW_MARKS)) == 64


# --- half blocks --------------------------------------------------------------------------------------


class Cells:
    """A terminal that knows where the cursor is and which colours letters have."""

    def __init__(self, columns: int, rows: int) -> None:
        self.colours = np.full((2 * rows, columns, 3), -1)

    def take(self, data: bytes, true_colours: bool) -> None:
        row = column = 0
        upper = lower = np.zeros(3)
        for at_row, at_column, colours, letter in re.findall(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]+)m|(▀)", data.decode()):
            if at_row:
                row, column = int(at_row) - 1, int(at_column) - 1
            elif letter:
                self.colours[2 * row, column], self.colours[2 * row + 1, column] = upper, lower
                column += 1
            elif colours != "0":
                numbers = [int(number) for number in colours.split(";")]
                assert numbers[0] == 38
                half = len(numbers) // 2
                assert numbers[half] == 48
                upper, lower = (colour_of(part[1:], true_colours) for part in (numbers[:half], numbers[half:]))


def colour_of(numbers: list[int], true_colours: bool) -> NDArray[np.int64]:
    if true_colours:
        assert numbers[0] == 2
        return np.array(numbers[1:])
    (five, code) = numbers
    assert five == 5
    if code >= 232:
        return np.full(3, 8 + 10 * (code - 232))
    return CUBE_LEVELS[[(code - 16) // 36, (code - 16) // 6 % 6, (code - 16) % 6]]


@pytest.mark.parametrize("true_colours", [True, False])
def test_half_blocks_are_the_film_made_small(true_colours: bool) -> None:
    whole = film(frames=4)
    painter, terminal = BlockPainter(24, 8, true_colours=true_colours), Cells(24, 8)
    sent = []
    for frame in whole.draw():
        sent.append(painter.paint(frame.pixels, frame.boxes))
        terminal.take(sent[-1], true_colours)
        small = Image.fromarray(frame.pixels[..., :3]).resize((24, 16), Image.Resampling.BOX)
        off = np.abs(terminal.colours - np.asarray(small).astype(int))
        assert off.max() <= (0 if true_colours else 48)
    assert max(map(len, sent[1:])) < len(sent[0]) / 2  # cells that changed alone
    assert painter.paint(frame.pixels, ()) == b""
    assert painter.erase() == b"\x1b[0m"
