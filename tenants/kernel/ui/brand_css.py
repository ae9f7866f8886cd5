"""A brand's colour as CSS variables that stay readable in both themes.

Whatever colour an agency picks, text on it, text in it and lines drawn with it
keep WCAG AA: 4.5:1 for text, 3:1 for lines and icons.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tenants.kernel.ui.colours import HSL, contrast, luminance, normal_hex, to_hex, to_hsl

TEXT = 4.5
SHAPE = 3.0
# A little above, so that rounding in the browser never falls below.
_TEXT_AIM = 4.6
_SHAPE_AIM = 3.1
# White on the brand looks right down to here, if the brand may be darkened a touch.
_NEARLY_WHITE = 3.7
_DARK_LUMINANCE = 0.17
# The greys of text carry less of the hue than the grounds.
_TEXT_TINT = 0.65
_FONT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 \-]{0,60}")
FALLBACK_FONTS = '"Inter Variable", "Noto Sans Devanagari Variable", system-ui, sans-serif'


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The brand's colours in one theme, each `#rrggbb`."""

    brand: str
    hover: str
    on_brand: str
    ink: str
    soft: str
    line: str
    edge: str
    quiet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the contrast report: what is laid on what, and whether it holds."""

    label: str
    theme: str
    foreground: str
    background: str
    ratio: float
    needed: float

    @property
    def is_enough(self) -> bool:
        return self.ratio >= self.needed


def brand_css(colour: str, accent: str | None = None, font: str | None = None) -> str:
    """The style sheet of one brand, over the house's tokens.

    `accent` is a second colour for charts and pictures. Raises ValueError unless
    the colours are hex and the font is a plain name.
    """
    hsl = to_hsl(colour)
    root = {
        "--brand-h": f"{hsl.hue:.0f}",
        "--brand-s": f"{hsl.saturation:.0f}%",
        "--brand-l": f"{hsl.lightness:.0f}%",
        "--tint": f"{tint(hsl):.0f}%",
        "--tint-text": f"{tint(hsl) * _TEXT_TINT:.0f}%",
        **_variables(light_palette(colour)),
    }
    if accent:
        root |= {"--accent": normal_hex(accent), "--on-accent": on_colour(normal_hex(accent))}
    if font:
        root["--font"] = _font_stack(font)
    dark = _variables(dark_palette(colour))
    return _rule(':root,[data-bs-theme="light"]', root) + _rule('[data-bs-theme="dark"]', dark)


def light_palette(colour: str) -> Palette:
    brand = _with_white_if_near(normal_hex(colour))
    hsl = to_hsl(brand)
    on_brand = on_colour(brand)
    soft = to_hex(hsl.hue, min(80.0, hsl.saturation * 1.3), 96.5)
    grounds = (*neutral_grounds(hsl, dark=False), soft)
    return Palette(
        brand=brand,
        hover=_shifted(brand, -5 if on_brand == "#ffffff" else 5),
        on_brand=on_brand,
        ink=_until(hsl._replace(lightness=min(hsl.lightness, 42.0)), grounds, _TEXT_AIM, -1),
        soft=soft,
        line=_until(hsl, grounds, _SHAPE_AIM, -1),
        edge="transparent" if contrast(brand, "#ffffff") >= 1.6 else _shifted(brand, -22),
        quiet=_until(_grey(hsl, 46.0), neutral_grounds(hsl, dark=False)[:3], TEXT, -0.5),
    )


def dark_palette(colour: str) -> Palette:
    light = light_palette(colour)
    hsl = to_hsl(light.brand)
    saturation = min(hsl.saturation, 78.0)
    soft = to_hex(hsl.hue, min(40.0, saturation), 19.0)
    grounds = (*neutral_grounds(hsl, dark=True), soft)
    brand = light.brand
    if light.on_brand == "#ffffff":
        brand = _at_luminance(HSL(hsl.hue, saturation, hsl.lightness), _DARK_LUMINANCE)
    return Palette(
        brand=brand,
        hover=_shifted(brand, -4 if light.on_brand == "#ffffff" else 4),
        on_brand=on_colour(brand),
        ink=_until(HSL(hsl.hue, min(90.0, saturation * 1.2), 76.0), grounds, _TEXT_AIM, 1),
        soft=soft,
        line=_until(to_hsl(brand), grounds, _SHAPE_AIM, 1),
        edge="transparent",
        quiet=_until(_grey(hsl, 58.0), neutral_grounds(hsl, dark=True)[:4], TEXT, 0.5),
    )


def contrast_report(colour: str) -> list[Check]:
    """What the brand editor shows beside the colour: every pair that carries text or shape."""
    return [
        check
        for theme, palette in (("light", light_palette(colour)), ("dark", dark_palette(colour)))
        for check in _checks(theme, palette, to_hsl(colour))
    ]


def was_adjusted(colour: str) -> bool:
    """Whether buttons show a shade other than the colour picked, to keep text readable."""
    return light_palette(colour).brand != normal_hex(colour)


def on_colour(colour: str) -> str:
    """White, the house's ink, or black: the first that is readable on the colour."""
    inks = ("#ffffff", "#17161c", "#000000")
    return next(ink for ink in inks if contrast(colour, ink) >= TEXT)


def tint(hsl: HSL) -> float:
    """How much of the brand's hue the greys carry; a grey brand gets plain greys."""
    return min(14.0, hsl.saturation * 0.5)


def neutral_grounds(hsl: HSL, *, dark: bool) -> tuple[str, ...]:
    """The greys of tokens.css that text may lie on."""
    saturation = tint(hsl)
    steps = (8.5, 9.5, 11.0, 14.5, 18.0) if dark else (100.0, 98.6, 97.0, 94.5)
    return tuple(to_hex(hsl.hue, saturation, step) for step in steps)


def _grey(hsl: HSL, lightness: float) -> HSL:
    return HSL(hsl.hue, tint(hsl) * _TEXT_TINT, lightness)


def _checks(theme: str, palette: Palette, hsl: HSL) -> list[Check]:
    surface = neutral_grounds(hsl, dark=True)[2] if theme == "dark" else "#ffffff"
    pairs: tuple[tuple[str, str, str, float], ...] = (
        ("Text on buttons", palette.on_brand, palette.brand, TEXT),
        ("Links and chosen items", palette.ink, surface, TEXT),
        ("Text on soft ground", palette.ink, palette.soft, TEXT),
        ("Lines and icons", palette.line, surface, SHAPE),
    )
    return [
        Check(
            label=label,
            theme=theme,
            foreground=front,
            background=back,
            ratio=round(contrast(front, back), 2),
            needed=needed,
        )
        for label, front, back, needed in pairs
    ]


def _with_white_if_near(brand: str) -> str:
    """A colour that nearly carries white text, darkened until it does."""
    if not _NEARLY_WHITE <= contrast(brand, "#ffffff") < TEXT:
        return brand
    return _until(to_hsl(brand), ("#ffffff",), TEXT, -0.5)


def _until(start: HSL, grounds: Sequence[str], ratio: float, step: float) -> str:
    """The colour nearest to the start, by lightness, that holds the ratio on every ground."""
    lightness = start.lightness
    while 0 <= lightness <= 100:
        colour = to_hex(start.hue, start.saturation, lightness)
        if all(contrast(colour, ground) >= ratio for ground in grounds):
            return colour
        lightness += step
    return "#000000" if step < 0 else "#ffffff"


def _at_luminance(hsl: HSL, aim: float) -> str:
    """The hue at a lightness whose luminance comes nearest to the aim from below."""
    lightness = 100.0
    while lightness > 0:
        colour = to_hex(hsl.hue, hsl.saturation, lightness)
        if luminance(colour) <= aim:
            return colour
        lightness -= 0.5
    return "#000000"


def _shifted(colour: str, by: float) -> str:
    hsl = to_hsl(colour)
    return to_hex(hsl.hue, hsl.saturation, hsl.lightness + by)


def _variables(palette: Palette) -> dict[str, str]:
    return {
        "--brand": palette.brand,
        "--brand-hover": palette.hover,
        "--on-brand": palette.on_brand,
        "--brand-ink": palette.ink,
        "--brand-soft": palette.soft,
        "--brand-line": palette.line,
        "--brand-edge": palette.edge,
        "--text-3": palette.quiet,
    }


def _font_stack(font: str) -> str:
    if _FONT.fullmatch(font) is None:
        raise ValueError(f"not a font name: {font!r}")
    return f'"{font}", {FALLBACK_FONTS}'


def _rule(selector: str, variables: dict[str, str]) -> str:
    body = "".join(f"{name}:{value};" for name, value in variables.items())
    return f"{selector}{{{body}}}\n"
