"""Whether a password is one that attackers try first, decided without asking anybody.

Two lists: Django's 20,000 most common ones, which come with the framework, and, where the
operator has put it on the server, the file of leaked passwords of Have I Been Pwned
(`OMNIFLOW_BREACHED_PASSWORDS`: lines `SHA-1:count` in the order of the hashes), searched by halving.
"""

import hashlib
import mmap
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator

AROUND = "0123456789!@#$%^&*()_-+=.,?;: "
LOOKALIKE = str.maketrans("@4301!$57", "aaeoiisst")
SHORTEST_WORD = 4


def is_breached(password: str) -> bool:
    """Also true for a known word with digits and signs around it, or with look-alikes in it."""
    known, small = _common(), password.lower().strip()
    core = small.strip(AROUND)
    if {small, core, small.translate(LOOKALIKE), core.translate(LOOKALIKE)} & known and len(core) >= SHORTEST_WORD:
        return True
    return small in known or not core or _is_in_file(password)


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _is_in_file(password: str) -> bool:
    path = Path(settings.BREACHED_PASSWORDS) if settings.BREACHED_PASSWORDS else None
    if not path or not path.is_file() or not path.stat().st_size:
        return False
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
        return _has_line(lines, wanted)


def _has_line(lines: mmap.mmap, wanted: bytes) -> bool:
    """Halve the file until the line is met: some 30 steps for a billion of them."""
    low, high = 0, len(lines)
    while low < high:
        start = lines.rfind(b"\n", 0, (low + high) // 2) + 1
        end = lines.find(b"\n", start)
        end = len(lines) if end < 0 else end
        found = lines[start : start + len(wanted)].upper()
        if found == wanted:
            return True
        if found < wanted:
            low = end + 1
        else:
            high = start
    return False
