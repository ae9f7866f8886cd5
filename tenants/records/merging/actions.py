"""Merging records, and parting them again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid, NotFound
from tenants.records import actions
from tenants.records.changes import difference, snapshot, write_history
from tenants.records.custom.sealing import carried
from tenants.records.enums import PairState
from tenants.records.merging.choices import best_kept, chosen_fields, values_for
from tenants.records.merging.links import Moved, links_to, mend_circles, tell_moved
from tenants.records.merging.rows import differences, row_of
from tenants.records.models import Merge, Pair
from tenants.records.queries import require, visible_to
from tenants.records.registry import RecordType

FEWEST, MOST = 2, 9


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How to merge: which record stays, whose value each field takes, which values are given outright."""

    keep: UUID | None = None
    take: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def merge_records(*, record_type: RecordType, ids: Sequence[UUID], by: Actor, wish: Wish | None = None) -> Merge:
    """Make 2 to 9 records one. Everything that points at the others points at the kept one afterwards.

    The others go to the bin. Emits `<model>.merged`, besides `updated` and `deleted`.
    Raises Invalid, Denied, and what the type's own rules refuse.
    """
    wish = wish or Wish()
    kept, others = _locked(record_type, ids, wish.keep, by)
    _check(record_type, wish, [kept, *others])
    before = {str(one.pk): row_of(one) for one in (kept, *others)}
    values = values_for(record_type, kept, others, take=wish.take, given=wish.values)
    moved = _moved(record_type, kept, others, by)
    for other in others:
        actions.delete_record(record=other, by=by)
    if values:
        actions.update_record(record=kept, values=values, by=by)
    taken = _take_over(record_type, kept, others, by)
    kept = record_type.model._default_manager.get(pk=kept.pk)
    merge = Merge.objects.create(
        record_type=record_type.name, kept_id=kept.pk, merged_ids=[one.pk for one in others], moved=moved,
        before={"rows": before, "after": differences(before[str(kept.pk)], row_of(kept))},
        user_id=by.user_id, actor_name=by.name,
    )  # fmt: skip
    names = ", ".join(str(one) for one in others)
    actions.note_change(record=kept, action="merged", changes={"merged": [None, names[:500]], **taken}, by=by)
    return merge


def require_merging(by: Actor, record_type: RecordType) -> None:
    """Raise Denied unless the actor may change the one that stays and delete the others."""
    require(by, "edit", record_type.name)
    require(by, "delete", record_type.name)


def records_to_merge(record_type: RecordType, ids: Sequence[UUID], by: Actor) -> list[Any]:
    """The records in the order asked. Raises Invalid unless all 2 to 9 are there to be merged."""
    require_merging(by, record_type)
    wanted = list(dict.fromkeys(ids))
    if not FEWEST <= len(wanted) <= MOST:
        raise Invalid({"ids": [_("Choose 2 to 9 records to merge.")]})
    found = {one.pk: one for one in visible_to(by, record_type).filter(pk__in=wanted)}
    for verb in ("edit", "delete"):
        allowed = set(visible_to(by, record_type, verb).filter(pk__in=wanted).values_list("pk", flat=True))
        if kept_back := [str(one) for one in found.values() if one.pk not in allowed]:
            raise Denied(_("You may see, but not merge: %(names)s.") % {"names": ", ".join(kept_back)})
    if len(found) < len(wanted):
        gone = ", ".join(str(one) for one in wanted if one not in found)
        raise Invalid({"ids": [_("These are not there, or not yours to see: %(ids)s.") % {"ids": gone}]})
    return [found[one] for one in wanted]


def _locked(record_type: RecordType, ids: Sequence[UUID], keep: UUID | None, by: Actor) -> tuple[Any, list[Any]]:
    rows = record_type.model._default_manager.select_for_update().filter(pk__in=list(ids)[: MOST + 1])
    list(rows.order_by("pk").values_list("pk"))
    records = records_to_merge(record_type, ids, by)
    kept = next((one for one in records if one.pk == keep), None) if keep else best_kept(records, record_type)
    if not kept:
        raise Invalid({"keep": [_("Keep one of the records that are merged.")]})
    return kept, [one for one in records if one.pk != kept.pk]


def _check(record_type: RecordType, wish: Wish, records: Sequence[Any]) -> None:
    """Refuse unknown fields and values before anything moves."""
    known, ids = chosen_fields(record_type), {str(one.pk) for one in records}
    errors = {name: [_("There is no such field to choose for.")] for name in wish.take if name not in known}
    errors |= {
        name: [_("Take it from one of the records that are merged.")]
        for name, source in wish.take.items()
        if name in known and str(source) not in ids
    }
    if errors:
        raise Invalid(errors)
    record_type.clean(wish.values, creating=False)


def _moved(record_type: RecordType, kept: Any, others: Sequence[Any], by: Actor) -> list[Moved]:
    ids = [one.pk for one in others]
    names = {str(one.pk): str(one) for one in (kept, *others)}
    found: list[Moved] = []
    for link in links_to(record_type):
        if moved := link.move(record_type, kept, ids):
            tell_moved(link, moved, names, by)
            found.append(moved)
    return [*found, *mend_circles(record_type, kept, ids, names, by), *_close_pairs([kept.pk, *ids])]


def _close_pairs(ids: Sequence[UUID]) -> list[Moved]:
    """Pairs among the merged are decided; those with others are looked for anew."""
    pairs = list(Pair.objects.filter(left_id__in=ids, right_id__in=ids, state=PairState.OPEN))
    Pair.objects.filter(pk__in=[one.pk for one in pairs]).update(state=PairState.MERGED)
    return [{"pairs": [str(one.pk) for one in pairs]}] if pairs else []


def _take_over(record_type: RecordType, kept: Any, others: Sequence[Any], by: Actor) -> dict[str, Any]:
    """What no field shows: the id in another system, values of retired own fields. As history tells it."""
    model = record_type.model
    now = model._default_manager.get(pk=kept.pk)
    columns: dict[str, Any] = {}
    named = next((one for one in others if one.external_id), None)
    if named and not now.external_id:
        model._default_manager.filter(pk=named.pk).update(external_id=None)
        write_history(record_type, [(named.pk, {"external_id": [named.external_id, None]})], by=by)
        columns["external_id"] = named.external_id
    shown = {one.key for one in record_type.fields.values() if one.is_custom}
    hidden: dict[str, Any] = {}
    for one in reversed(others):
        own = {key: value for key, value in one.custom.items() if key not in shown}
        hidden |= carried(record_type, own, source=one, target=kept)
    if hidden.keys() - now.custom.keys():
        columns["custom"] = hidden | now.custom
    if not columns:
        return {}
    fields = record_type.all_fields
    before = snapshot(fields, now)
    model._default_manager.filter(pk=kept.pk).update(**columns)
    return difference(before, snapshot(fields, model._default_manager.get(pk=kept.pk)))


def merge_for(actor: Actor, merge_id: UUID) -> Merge:
    """A merge of a type the actor may see, or NotFound."""
    found = Merge.objects.filter(pk=merge_id).first()
    if not found or not actor.may("view", found.record_type):
        raise NotFound
    return found
