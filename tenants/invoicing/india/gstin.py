"""GSTIN: 15 characters, of which the last one checks the others.

Two digits of the State, ten of the PAN, one of the registration, a letter
(normally Z), one check character. python-stdnum's table of States ends at 37;
ours is in `states`. Sources: the patterns of the GST portal's own forms.
"""

import re

from django.utils.translation import gettext as _

from tenants.invoicing.india.states import CENTRE, STATES

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][Z1-9ABD-J][0-9A-Z]",  # regular, composition, SEZ
        r"[0-9]{2}[A-Z]{4}[0-9]{5}[A-Z][0-9]Z[0-9A-Z]",  # government department
        r"[0-9]{4}[A-Z]{3}[0-9]{5}NR[0-9A-Z]",  # non-resident
        r"99[0-9]{2}[A-Z]{3}[0-9]{5}OS[0-9A-Z]",  # online services from abroad
        r"[0-9]{4}[A-Z]{3}[0-9]{5}[UO]N[A-Z0-9]",  # embassies and UN bodies
        r"[0-9]{2}[A-Z]{4}[A-Z0-9][0-9]{4}[A-Z][1-9A-Z]D[0-9A-Z]",  # tax deductor
        r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]C[0-9A-Z]",  # tax collector
    )
)


def check_character(first_fourteen: str) -> str:
    """Weights 1, 2, 1, 2, …; a product counts as its quotient and rest by 36."""
    total = 0
    for place, character in enumerate(first_fourteen):
        product = DIGITS.index(character) * (1 + place % 2)
        total += product // 36 + product % 36
    return DIGITS[-total % 36]


def normal(text: str) -> str:
    return re.sub(r"[\s.-]", "", text).upper()


def fault_of(text: str) -> str:
    """What is wrong with a GSTIN, in words for the person who typed it; "" when nothing is."""
    number = normal(text)
    if len(number) != 15:
        return _("A GSTIN has 15 characters, like 27AAPFU0939F1ZV; this has %(n)d.") % {"n": len(number)}
    if not any(pattern.fullmatch(number) for pattern in PATTERNS):
        return _("This is not how a GSTIN is built: two digits of the State, the PAN, then three more characters.")
    if number[:2] not in STATES and number[:2] != CENTRE:
        return _("A GSTIN starts with the code of a State; %(code)s is none.") % {"code": number[:2]}
    wanted = check_character(number[:14])
    if number[14] != wanted:
        return _("The last character does not fit the others: one of them is mistyped.")
    return ""


def is_valid(text: str) -> bool:
    return not fault_of(text)


def state_of(text: str) -> str:
    """The State's code of a valid GSTIN, else ""."""
    number = normal(text)
    return number[:2] if number and is_valid(number) and number[:2] in STATES else ""
