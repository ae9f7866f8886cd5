"""Cells that a spreadsheet would run as formulas, made harmless on the way out and restored on the way in."""

import re

RISKY = re.compile(r"^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
PLAIN_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)*$")


def neutral(text: str) -> str:
    """With an apostrophe in front of what begins like a formula; plain numbers are none."""
    return f"'{text}" if RISKY.match(text) and not PLAIN_NUMBER.match(text) else text


def restored(text: str) -> str:
    """What `neutral` was given."""
    return text[1:] if text.startswith("'") and RISKY.match(text) else text
