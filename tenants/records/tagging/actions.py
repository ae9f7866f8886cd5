"""Writes of the vocabulary. Records carry names, so a new name is written into every one of them."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Case, F, Func, Value, When
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.trust import note
from tenants.records.changes import write_history
from tenants.records.models import Tag
from tenants.records.registry import RecordType, record_types

TONES = ("", "good", "warn", "bad", "info", "brand")
MOST_LETTERS = 60
PIECE = 2_000
NAMES: Any = ArrayField(models.CharField(max_length=MOST_LETTERS))


@transaction.atomic
def create_tag(*, name: str, by: Actor, tone: str = "") -> Tag:
    """Raises Denied, Invalid (also when there is one of this name, however it is written)."""
    if not by.may("create", "tags"):
        raise Denied(_("You may not add tags."))
    return _kept(Tag(name=_checked_name(name), tone=_checked_tone(tone)))


@transaction.atomic
def update_tag(*, tag: Tag, by: Actor, name: str | None = None, tone: str | None = None) -> Tag:
    """Rename, recolour. A new name is written into all records, those in the bin too."""
    _require_manager(by)
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    before = tag.name
    tag.name = before if name is None else _checked_name(name)
    tag.tone = tag.tone if tone is None else _checked_tone(tone)
    _kept(tag)
    if tag.name != before:
        _rewrite(before, tag.name, by)
        note("tag.renamed", by=by, subject=tag.name, before=before)
    return tag


@transaction.atomic
def merge_tags(*, kept: Tag, merged: Sequence[Tag], by: Actor) -> Tag:
    """One tag instead of several; records that carried any of them carry the one kept."""
    _require_manager(by)
    for tag in merged:
        if tag.pk != kept.pk:
            _rewrite(tag.name, kept.name, by)
            note("tag.merged", by=by, subject=kept.name, gone=tag.name)
            tag.delete()
    return kept


@transaction.atomic
def delete_tag(*, tag: Tag, by: Actor) -> None:
    """Out of the vocabulary and off every record."""
    _require_manager(by)
    for record_type in record_types():
        rows = record_type.model._default_manager.filter(tags__contains=[tag.name])
        _tell(record_type, rows, tag.name, None, by)
        rows.update(tags=_function("array_remove", tag.name), version=F("version") + 1)
    note("tag.deleted", by=by, subject=tag.name)
    tag.delete()


@transaction.atomic
def known_names(*, names: Iterable[str], by: Actor) -> list[str]:
    """The same tags as the vocabulary writes them; those it does not know are added, if `by` may.

    Called for every write of `record.tags`. Raises Invalid naming the unknown ones.
    """
    wanted = list(dict.fromkeys(names))
    known = {tag.name.casefold(): tag.name for tag in Tag.objects.filter(_any_of(wanted))} if wanted else {}
    unknown = [name for name in wanted if name.casefold() not in known]
    if unknown and not by.may("create", "tags"):
        raise Invalid({"tags": [_("There is no tag %(names)s, and you may not add tags.") % {"names": _list(unknown)}]})
    for name in unknown:
        if name.casefold() not in known:
            known[name.casefold()] = _learned(name)
    return list(dict.fromkeys(known[name.casefold()] for name in wanted))


def _any_of(names: list[str]) -> models.Q:
    found = models.Q()
    for name in names:
        found |= models.Q(name__iexact=name)
    return found


def _learned(name: str) -> str:
    """Another writer may have added it a moment ago, in other letters."""
    Tag.objects.bulk_create([Tag(name=name)], ignore_conflicts=True)
    return Tag.objects.values_list("name", flat=True).get(name__iexact=name)


def _rewrite(before: str, after: str, by: Actor) -> None:
    """Two statements a type; a record that has both keeps one."""
    for record_type in record_types():
        rows = record_type.model._default_manager.filter(tags__contains=[before])
        _tell(record_type, rows, before, after, by)
        tags = Case(
            When(tags__contains=[after], then=_function("array_remove", before)),
            default=_function("array_replace", before, after),
            output_field=NAMES,
        )
        rows.update(tags=tags, version=F("version") + 1)


def _tell(record_type: RecordType, rows: "models.QuerySet[Any]", before: str, after: str | None, by: Actor) -> None:
    """History of records that are about to carry another tag, or one fewer."""
    found = rows.order_by().values_list("pk", "tags").iterator(chunk_size=PIECE)
    while piece := list(islice(found, PIECE)):
        write_history(record_type, [(pk, {"tags": [tags, _after(tags, before, after)]}) for pk, tags in piece], by=by)


def _after(tags: list[str], before: str, after: str | None) -> list[str]:
    if after is None or after in tags:
        return [name for name in tags if name != before]
    return [after if name == before else name for name in tags]


def _function(name: str, *words: str) -> Func:
    values = [Value(word, output_field=models.CharField(max_length=MOST_LETTERS)) for word in words]
    return Func(F("tags"), *values, function=name, output_field=NAMES)


def _kept(tag: Tag) -> Tag:
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError as error:
        raise Invalid({"name": [_("There is a tag of this name already. Merge the two instead.")]}) from error
    return tag


def _require_manager(by: Actor) -> None:
    if not by.may("edit", "settings"):
        raise Denied(_("Only owners and administrators may change the tags of all records."))


def _checked_name(name: str) -> str:
    text = " ".join(name.replace("\x00", "").replace(",", " ").split())
    if not text or len(text) > MOST_LETTERS:
        raise Invalid({"name": [_("Write a name of at most %(most)d characters.") % {"most": MOST_LETTERS}]})
    return text


def _checked_tone(tone: str) -> str:
    if tone not in TONES:
        known = ", ".join(one for one in TONES if one)
        raise Invalid({"tone": [_("Choose one of: %(known)s; or none.") % {"known": known}]})
    return tone


def _list(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
