"""An icon drawn from a brand's initial and colour, for those who uploaded none."""

from xml.sax.saxutils import escape

from tenants.kernel.ui.brand_css import on_colour

SHAPE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
    '<rect width="64" height="64" rx="16" fill="{colour}"/>'
    '<text x="32" y="44" font-family="Inter,Arial,sans-serif" font-size="34" font-weight="700"'
    ' text-anchor="middle" fill="{ink}">{letter}</text></svg>'
)


def letter_icon(letter: str, colour: str) -> str:
    """An SVG of 64 by 64; `colour` is #rrggbb."""
    return SHAPE.format(colour=colour, ink=on_colour(colour), letter=escape(letter or "·"))
