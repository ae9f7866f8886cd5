"""Which events webhooks offer, and which an endpoint hears."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from tenants.kernel.errors import Invalid
from tenants.records.outbox.catalogue import EventKind, kinds

MOST_EVENTS = 100


def offered() -> Mapping[str, EventKind]:
    """By name: everything but the house's own business."""
    return {name: kind for name, kind in kinds().items() if not kind.is_inner}


def families() -> Mapping[str, list[EventKind]]:
    """The same by what stands before the dot, in the order of the catalogue."""
    found: dict[str, list[EventKind]] = {}
    for name, kind in offered().items():
        found.setdefault(name.partition(".")[0], []).append(kind)
    return found


def hears(wanted: Iterable[str], name: str) -> bool:
    """Whether a list of names, or `deal.*`, takes in an event."""
    return name in wanted or f"{name.partition('.')[0]}.*" in wanted


def checked_events(wanted: Sequence[str]) -> list[str]:
    """Each once, all known. Raises Invalid."""
    known, groups = offered(), families()
    found = list(dict.fromkeys(one.strip() for one in wanted if one.strip()))
    if not found:
        raise Invalid({"events": [_("Choose at least one event.")]})
    if len(found) > MOST_EVENTS:
        raise Invalid(
            {"events": [_("Choose at most %(most)d, or all of a kind, like deal.*.") % {"most": MOST_EVENTS}]}
        )
    for name in found:
        family, _dot, rest = name.partition(".")
        if name not in known and not (rest == "*" and family in groups):
            raise Invalid({"events": [_("There is no event called “%(name)s”.") % {"name": name[:60]}]})
    return found


def record_type_of(wanted: Iterable[str]) -> str:
    """The one record type that all these are about; empty where there are several, or one that is about none."""
    types = {kind.record_type for kind in offered().values() if hears(list(wanted), kind.name)}
    return types.pop() if len(types) == 1 else ""
