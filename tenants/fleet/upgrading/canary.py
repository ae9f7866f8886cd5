"""The few companies that go first: the same ones however often it is asked, spread by chance."""

from collections.abc import Iterable
from hashlib import sha256

from django.utils.translation import gettext as _

from tenants.fleet.migrating import head
from tenants.kernel.errors import Invalid


def chosen(names: Iterable[str], share: str) -> list[str]:
    """`share` is a count, or a part of all like 5%; never more than there are, and at least one of a part."""
    all_names = sorted(names, key=lambda name: sha256(f"{head()}{name}".encode()).digest())
    return all_names[: size_of(share, len(all_names))]


def size_of(share: str, total: int) -> int:
    """Raises Invalid."""
    text = share.strip()
    number = text.removesuffix("%")
    if not number.isdigit() or (text.endswith("%") and int(number) > 100):
        raise Invalid({"canary": [_("Write a number of companies, or a part of them like 5%.")]})
    if text.endswith("%"):
        return -(-total * int(number) // 100)
    return min(int(number), total)
