"""Which events there are: one kind for each thing that can happen, with the shape of what it tells.

Record types bring theirs by themselves (`contact.created`), modules name the rest in `module.py`.
An event that no kind describes cannot be emitted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import NotFound
from tenants.kernel.modules import Text, modules
from tenants.records.registry import RecordType, record_types

CHANGES = _('Fields that were written, each with its value before and after: {"stage": [before, after]}')
OF_EVERY_TYPE: Mapping[str, Text] = {
    "created": _("made"),
    "updated": _("changed"),
    "deleted": _("put into the bin"),
    "restored": _("taken out of the bin"),
    "purged": _("deleted for good"),
    "merged": _("merged with others"),
    "unmerged": _("parted again after a merge"),
    "shared": _("opened to somebody"),
    "unshared": _("closed to somebody again"),
}


@dataclass(frozen=True, kw_only=True)
class EventKind:
    """What can happen. `payload` tells each key of what the event carries, in words."""

    name: str
    label: Text
    about: Text = ""
    record_type: str = ""
    """Of which type the record is that it happens to; empty where it may be any."""
    payload: Mapping[str, Text] = field(default_factory=dict)
    is_inner: bool = False
    """The house's own business: no trigger and no webhook offers it."""


def kinds() -> Mapping[str, EventKind]:
    """All of them by name, in the order of the modules."""
    return _kinds(tuple(record_types()))


def kind_named(name: str) -> EventKind:
    """Raises NotFound."""
    found = kinds().get(name)
    if not found:
        raise NotFound(f"There is no event called “{name}”.")
    return found


@cache
def _kinds(types: tuple[RecordType, ...]) -> Mapping[str, EventKind]:
    found = {kind.name: kind for record_type in types for kind in _of_type(record_type)}
    for module in modules():
        found |= {kind.name: kind for kind in module.events}
    return found


def _of_type(record_type: RecordType) -> Iterator[EventKind]:
    """What happens to every record, and what the type's own actions do to it."""
    model_name = record_type.model._meta.model_name
    words: dict[str, Any] = {name: told for name, (_icon, told) in record_type.history.items()}
    for action, told in {**words, **OF_EVERY_TYPE}.items():
        label = format_lazy("{type}: {told}", type=capfirst(record_type.model._meta.verbose_name), told=told)
        yield EventKind(
            name=f"{model_name}.{action}", label=label, record_type=record_type.name, payload={"changes": CHANGES}
        )
