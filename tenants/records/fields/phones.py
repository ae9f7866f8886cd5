"""Phone numbers that are written in full, read without the long way of the library."""

import re
from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

IN_FULL = re.compile(r"\+[0-9][0-9 ().\-]{5,30}")
BETWEEN = str.maketrans("", "", " ().-")


def read_in_full(text: str) -> str:
    """+91 98200-11842 as E.164, when there is one way alone to read it; else nothing, and the library must look."""
    if not IN_FULL.fullmatch(text):
        return ""
    digits = text[1:].translate(BETWEEN)
    for size in (1, 2, 3):
        known = _numbers_of(digits[:size])
        if known:
            lengths, trunk = known
            rest = digits[size:]
            is_plain = len(rest) in lengths and not (trunk and trunk.match(rest))
            return f"+{digits}" if is_plain else ""
    return ""


@lru_cache(maxsize=1_200)  # of the beginnings of numbers, not of anything a company owns
def _numbers_of(code: str) -> "tuple[frozenset[int], re.Pattern[str] | None] | None":
    """How long the numbers of a country code may be, and with what they begin when dialled at home."""
    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code)) if code[0] != "0" else None
    if not regions:
        return None
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(int(code), regions[0])
    if metadata is None or metadata.general_desc is None:
        return None
    trunk = metadata.national_prefix_for_parsing
    return frozenset(metadata.general_desc.possible_length), re.compile(trunk) if trunk else None
