import re
from pathlib import Path

import pytest

from tenants.kernel.ui.brand_css import (
    Palette,
    brand_css,
    contrast_report,
    dark_palette,
    light_palette,
    neutral_grounds,
    was_adjusted,
)
from tenants.kernel.ui.colours import contrast, normal_hex, to_hex, to_hsl

TOKENS = Path(__file__).parents[2] / "templates/static/css/tokens.css"
COLOURS = sorted(
    {
        to_hex(hue, saturation, lightness)
        for hue in range(0, 360, 12)
        for saturation in (0, 8, 30, 65, 100)
        for lightness in (0, 10, 25, 40, 50, 55, 65, 80, 95, 100)
    }
)
QUIET_GROUNDS = ("canvas", "surface", "sunken", "hover")
INKS = {
    "text": (*QUIET_GROUNDS, "press"),
    "text-2": (*QUIET_GROUNDS, "press"),
}
TONES = ("good", "warn", "bad", "info")


def _assert_readable(palette: Palette, grounds: tuple[str, ...]) -> None:
    assert contrast(palette.on_brand, palette.brand) >= 4.5
    assert contrast(palette.on_brand, palette.hover) >= 4.5
    for ground in (*grounds, palette.soft):
        assert contrast(palette.ink, ground) >= 4.5
        assert contrast(palette.line, ground) >= 3.0


@pytest.mark.parametrize("make", [light_palette, dark_palette])
def test_palette_any_colour_is_readable(make) -> None:
    for colour in COLOURS:
        is_dark = make is dark_palette

        palette = make(colour)

        hsl = to_hsl(light_palette(colour).brand)
        grounds = neutral_grounds(hsl, dark=is_dark)
        _assert_readable(palette, grounds)
        assert min(contrast(palette.quiet, ground) for ground in grounds[:3]) >= 4.5


def test_contrast_report_any_colour_is_enough() -> None:
    for colour in COLOURS:
        assert [check for check in contrast_report(colour) if not check.is_enough] == []


def test_dark_palette_button_stands_out_from_surface() -> None:
    for colour in COLOURS:
        surface = neutral_grounds(to_hsl(colour), dark=True)[2]
        assert contrast(dark_palette(colour).brand, surface) >= 3.0


def test_light_brand_gets_dark_text_and_dark_brand_white() -> None:
    assert light_palette("#ffd400").on_brand == "#17161c"
    assert light_palette("#4f46d8").on_brand == "#ffffff"


def test_brand_nearly_dark_enough_is_darkened_for_white_text() -> None:
    assert was_adjusted("#e53935") is True
    assert light_palette("#e53935").on_brand == "#ffffff"
    assert was_adjusted("#4f46d8") is False


def test_brand_css_has_both_themes_and_font() -> None:
    css = brand_css("#0a7a5a", accent="#ff6600", font="Source Sans 3")

    assert css.startswith(':root,[data-bs-theme="light"]{--brand-h:163;--brand-s:85%;--brand-l:26%;')
    assert '--font:"Source Sans 3", "Inter Variable"' in css
    assert "--accent:#ff6600;--on-accent:#17161c;" in css
    assert '[data-bs-theme="dark"]{--brand:' in css


@pytest.mark.parametrize("colour", ["red", "#12", "#12345g", "#fff;}", "", "url(x)"])
def test_brand_css_refuses_what_is_no_colour(colour: str) -> None:
    with pytest.raises(ValueError, match="not a hex colour"):
        brand_css(colour)


@pytest.mark.parametrize("font", ['x";}', "a,b", "</style>"])
def test_brand_css_refuses_what_is_no_font_name(font: str) -> None:
    with pytest.raises(ValueError, match="not a font name"):
        brand_css("#123456", font=font)


def test_normal_hex_widens_short_colours() -> None:
    assert normal_hex("#AbC") == "#aabbcc"


def _tokens(*, dark: bool) -> dict[str, str]:
    blocks = re.findall(r"([^{}]+)\{([^{}]*)\}", TOKENS.read_text())
    wanted = '[data-bs-theme="dark"]' if dark else '[data-bs-theme="light"]'
    body = next(body for selector, body in blocks if selector.strip().endswith(wanted))
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


def _colour(value: str, hue: float, saturation: float, dark: bool) -> str:
    value = value.strip()
    if value.startswith("#"):
        return normal_hex(value)
    if reference := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return _colour(_tokens(dark=dark)[reference[1]], hue, saturation, dark)
    parts = re.fullmatch(r"hsl\(var\(--brand-h\) (var\(--tint(?:-text)?\)|[\d.]+%) ([\d.]+)%\)", value)
    assert parts, value
    shares = {"var(--tint)": saturation, "var(--tint-text)": saturation * 0.65}
    given = shares[parts[1]] if parts[1] in shares else float(parts[1].rstrip("%"))
    return to_hex(hue, given, float(parts[2]))


@pytest.mark.parametrize("dark", [False, True])
def test_tokens_text_is_readable_in_any_hue(dark: bool) -> None:
    tokens = _tokens(dark=dark)

    for hue in range(0, 360, 6):
        for saturation in (0.0, 7.0, 14.0):
            for ink, grounds in INKS.items():
                front = _colour(tokens[ink], hue, saturation, dark)
                backs = [_colour(tokens[name], hue, saturation, dark) for name in grounds]
                assert [back for back in backs if contrast(front, back) < 4.5] == []


@pytest.mark.parametrize("dark", [False, True])
def test_tokens_quiet_text_is_readable_without_a_brand(dark: bool) -> None:
    tokens = _tokens(dark=dark)
    front = _colour(tokens["text-3"], 243, 14.0, dark)

    assert min(contrast(front, _colour(tokens[name], 243, 14.0, dark)) for name in QUIET_GROUNDS) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_tokens_tones_are_readable_on_their_soft_ground(dark: bool) -> None:
    tokens = _tokens(dark=dark)

    for tone in TONES:
        assert contrast(tokens[tone], tokens[f"{tone}-soft"]) >= 4.5
