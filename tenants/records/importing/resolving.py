"""What relations and people are called in a file, found in one query for a batch and a way of naming."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.records.fields import Relation
from tenants.records.humans import human_key
from tenants.records.queries import options_for
from tenants.records.registry import RecordType, type_named, type_of

SEVERAL = object()
"""Stands for more than one row of a name."""


def uuid_in(text: Any) -> UUID | None:
    try:
        return UUID(str(text).strip())
    except ValueError:
        return None


def derived_id(given: UUID) -> UUID:
    """The id that a record of another company has in this one.

    Always the same, so that importing a file again finds what it made before and
    relations find each other without a table of pairs; bound to the company, so that ids
    stay different everywhere. The time in a UUIDv7 is kept: ids go on rising with age.
    """
    salt = context.place().salt.encode()[:64]
    digest = int.from_bytes(blake2b(given.bytes, key=salt, digest_size=16).digest(), "big")
    moment = given.int >> 80 if given.version == 7 else digest >> 80
    low = digest & ((1 << 62) - 1)
    return UUID(int=moment << 80 | 7 << 76 | (digest >> 62 & 0xFFF) << 64 | 0b10 << 62 | low)


class Links:
    """Finds what one relation points at, whatever a file calls it."""

    def __init__(self, field: Relation, actor: Actor, *, is_whole: bool = False) -> None:
        self.field, self.actor, self.is_whole = field, actor, is_whole
        self.record_type: RecordType | None = type_of(field.target)
        self.found: dict[str, Any] = {}

    def look_up(self, texts: Iterable[str]) -> None:
        """Find all of these at once, by every way of naming; what the batch before found is forgotten."""
        self.found = {}
        wanted = {text for text in texts if "\x00" not in text}  # nothing can be called so
        ids = {text: given for text in wanted if (given := uuid_in(text))}
        self._by_ids(ids)
        for column, reads in self._ways():
            self._by(column, reads, [text for text in wanted if text not in self.found])
        self._by_path([text for text in wanted if text not in self.found and " / " in text])

    def get(self, text: str) -> Any:
        """The row, SEVERAL, or None."""
        return self.found.get(text)

    def _rows(self) -> "QuerySet[Any]":
        """A whole company's file also names colleagues who have left."""
        if self.is_whole and not self.record_type:
            return self.field.target._default_manager.all()
        # What a row found here points at itself is seldom asked for, and would double the work.
        return options_for(self.field.target).select_related(None)

    def _by_ids(self, ids: Mapping[str, UUID]) -> None:
        if not ids:
            return
        wanted = [*ids.values(), *map(derived_id, ids.values())]
        rows = {row.pk: row for row in self._rows().filter(pk__in=wanted)}
        for text, given in ids.items():
            if found := rows.get(given) or rows.get(derived_id(given)):
                self.found[text] = found

    def _ways(self) -> "list[tuple[str, Callable[[str], str]]]":
        """Columns that name a row, surest first, and how a text is written there."""
        if self.field.kind == "user":
            return [("email", str.lower), ("name", str.casefold)]
        if not self.record_type:
            return [("name", str.casefold)] if _has(self.field.target, "name") else []
        own = self.record_type.own_fields.values()
        contact = [(one.path, _reader(one)) for one in own if one.kind in ("email", "phone")]
        return [("external_id", str), (self.record_type.model.title_field, str.casefold), *contact]

    def _by(self, column: str, reads: Callable[[str], str], texts: list[str]) -> None:
        """Exactly so first, since an index helps; then whatever the case of letters."""
        by_key: dict[str, list[str]] = defaultdict(list)
        for text in texts:
            if key := reads(text.strip()):
                by_key[key].append(text)
        if not by_key:
            return
        if reads is not str.casefold:
            self._note(
                ((getattr(row, column), row) for row in self._rows().filter(**{f"{column}__in": list(by_key)})), by_key
            )
            return
        as_written = {text.strip(): [text] for texts in by_key.values() for text in texts}
        self._note(
            ((getattr(row, column), row) for row in self._rows().filter(**{f"{column}__in": list(as_written)})),
            as_written,
        )
        missing = {key: texts for key, texts in by_key.items() if any(text not in self.found for text in texts)}
        if missing:
            rows = self._rows().annotate(as_key=Lower(column)).filter(as_key__in=list(missing))
            self._note(((row.as_key, row) for row in rows), missing)

    def _note(self, rows: Iterable[tuple[Any, Any]], by_key: Mapping[str, list[str]]) -> None:
        found: dict[str, Any] = {}
        for key, row in rows:
            found[str(key)] = SEVERAL if str(key) in found else row
        for key, row in found.items():
            for text in by_key.get(key, ()):
                self.found.setdefault(text, row)

    def _by_path(self, texts: list[str]) -> None:
        """Sales / Won: a name within another record's."""
        if not texts or not self.record_type or len(self.record_type.natural) < 2:
            return
        last = self.record_type.natural[-1]
        names = {text.rpartition(" / ")[2].strip() for text in texts}
        rows = self._rows().select_related(*self.record_type.relations).filter(**{f"{last}__in": names})
        known = {human_key(row).casefold(): row for row in rows}
        for text in texts:
            if row := known.get(text.strip().casefold()):
                self.found[text] = row

    def why_not(self, text: str) -> tuple[str, str]:
        """What is wrong with a text that leads nowhere, and how to mend it."""
        words = {"field": self.field.label, "name": text[:80]}
        if self.get(text) is SEVERAL:
            return _("Several are called “%(name)s”.") % words, _("Write the id or the e-mail address instead.")
        if self.field.kind == "user":
            return _("Nobody in the team is called “%(name)s”.") % words, _("Write the e-mail address of a colleague.")
        return _("There is no “%(name)s” to be found.") % words, _(
            "Correct the name, import it first, or allow the import to add what is missing."
        )

    def can_create(self) -> bool:
        """Whether a name is all that a new one needs, and the actor may make it."""
        found = self.record_type
        if not found or not self.actor.may("create", found.name):
            return False
        given = found.named("x")
        return set(found.required) <= {*given, *found.initial(self.actor)} and set(given) <= set(found.writable)

    def values_for(self, text: str) -> dict[str, Any]:
        assert self.record_type
        return self.record_type.named(text.strip())


def _has(model: type[Model], column: str) -> bool:
    return any(field.name == column for field in model._meta.fields)


def _reader(field: Any) -> Callable[[str], str]:
    """A text as the field keeps it; nothing when it could not."""

    def read(text: str) -> str:
        try:
            return str(field.checked(text))
        except ValidationError:
            return ""

    return read


def records_behind(type_name: str, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Which ids stand for records of a type: as they are, or as those of another company."""
    try:
        model = type_named(type_name).model
    except NotFound:
        return {}
    derived = {one: derived_id(one) for one in ids}
    rows = set(model._default_manager.filter(pk__in=[*derived, *derived.values()]).values_list("pk", flat=True))
    ways = {one: one if one in rows else other for one, other in derived.items()}
    return {one: found for one, found in ways.items() if found in rows}
