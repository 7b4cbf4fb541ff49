"""How far apart two colours look, for four kinds of eyes.

Difference: CIEDE2000 (Sharma, Wu & Dalal 2005). Colour-vision deficiency: Machado, Oliveira & Fernandes (2009),
severity 1. Contrast: WCAG 2.2.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

Colour = NDArray[np.float64]

VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.119192, 0.9503041]]
)


def linear(rgb: Sequence[float]) -> Colour:
    """sRGB (0 to 1) as light."""
    channel = np.asarray(rgb, float)
    return np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)


def lab(rgb: Sequence[float], vision: str = "normal") -> Colour:
    """CIE L*a*b* under D65 of an sRGB colour as an eye of that kind sees it."""
    light = TO_XYZ @ np.clip(VISIONS[vision] @ linear(rgb), 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(light > 216 / 24389, np.cbrt(light), (24389 / 27 * light + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two hex colours."""
    light, dark = sorted((float(TO_XYZ[1] @ linear(to_rgb(colour))) for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ciede2000(one: Colour, other: Colour) -> float:
    """The difference of two L*a*b* colours; 1 is just noticeable."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    seventh = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - np.sqrt(seventh / (seventh + 25.0**7)))
    c1, c2 = np.hypot(a1 * (1 + g), b1), np.hypot(a2 * (1 + g), b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1 * (1 + g))) % 360, np.degrees(np.arctan2(b2, a2 * (1 + g))) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = (h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2)) % 360
    t = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    sl = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    rc = 2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    rt = -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))) * rc
    dl, dc = (l2 - l1) / sl, (c2 - c1) / sc
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2) / sh
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + rt * dc * dh))
