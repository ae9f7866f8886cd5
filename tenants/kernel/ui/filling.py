"""HTML of a form and values, as `format_html` makes it: quicker, for pages with hundreds of cells.

Django's looks at each value for words that wait for a language; ours are said before.
"""

from html import escape
from typing import Any

from django.utils.safestring import SafeString


def filled(form: str, *values: Any) -> SafeString:
    """`form` with the values in its braces, escaped unless they are safe already."""
    return SafeString(form.format(*map(_shown, values)))


def _shown(value: Any) -> str:
    return str(value.__html__()) if hasattr(value, "__html__") else escape(str(value))
