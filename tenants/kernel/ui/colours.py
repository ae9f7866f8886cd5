"""Colour arithmetic for brands: hex, HSL, luminance, contrast (WCAG 2.2)."""

import colorsys
import re
from typing import NamedTuple

_HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class HSL(NamedTuple):
    """Hue 0-360, saturation and lightness 0-100."""

    hue: float
    saturation: float
    lightness: float


def normal_hex(colour: str) -> str:
    """`#rrggbb` in lower case. Raises ValueError for anything but a hex colour."""
    found = _HEX.fullmatch(colour.strip())
    if found is None:
        raise ValueError(f"not a hex colour: {colour!r}")
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def to_hsl(colour: str) -> HSL:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    return HSL(hue * 360, saturation * 100, lightness * 100)


def to_hex(hue: float, saturation: float, lightness: float) -> str:
    channels = colorsys.hls_to_rgb(hue % 360 / 360, _clamp(lightness) / 100, _clamp(saturation) / 100)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def luminance(colour: str) -> float:
    """Relative luminance, 0 black to 1 white."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _channels(colour: str) -> tuple[float, float, float]:
    digits = normal_hex(colour)[1:]
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _clamp(percent: float) -> float:
    return max(0.0, min(100.0, percent))
