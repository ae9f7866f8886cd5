"""Adding, changing and retiring fields of a company's own. The values stay when a field goes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenants.directory.task import send
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.trust import note
from tenants.records.custom.making import CONFIDENTIAL, KINDS
from tenants.records.custom.memory import forget_fields
from tenants.records.models import CustomField
from tenants.records.registry import RecordType, type_named

MOST_FIELDS = 200
MOST_CHOICES = 200
MOST_PLACES = 6
KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
WITH_CHOICES = ("select", "multi_select")


@transaction.atomic
def create_custom_field(
    *, record_type: RecordType, label: str, kind: str, by: Actor, key: str = "", help_text: str = "",
    options: Mapping[str, Any] | None = None, is_required: bool = False, is_indexed: bool = True,
) -> CustomField:  # fmt: skip
    """Add a field. No table changes; an index is built in the background, of this company alone.

    Raises Denied, Invalid.
    """
    _require(by)
    if kind not in KINDS:
        raise Invalid({"kind": [_("Choose one of: %(known)s.") % {"known": ", ".join(KINDS)}]})
    _check_required(kind, is_required)
    label = _label(record_type, label)
    made = CustomField(
        record_type=record_type.name, key=_key(record_type, key or label), label=label, kind=kind,
        help_text=help_text.strip()[:200], is_required=is_required, is_indexed=is_indexed,
        options=checked_options(kind, options or {}), position=_count(record_type) + 1,
    )  # fmt: skip
    made.save(force_insert=True)
    _changed(made, "created", by)
    return made


@transaction.atomic
def update_custom_field(*, field: CustomField, by: Actor, **values: Any) -> CustomField:
    """Change label, help, options, required, indexed. Key and kind stay: values depend on them."""
    _require(by)
    allowed = {"label", "help_text", "options", "is_required", "is_indexed"}
    if unknown := set(values) - allowed:
        raise Invalid({name: [_("This cannot be changed.")] for name in sorted(unknown)})
    _check_required(field.kind, values.get("is_required", False))
    if "label" in values:
        values["label"] = _label(type_named(field.record_type), values["label"], besides=field)
    if "options" in values:
        values["options"] = checked_options(field.kind, values["options"])
    for name, value in values.items():
        setattr(field, name, value)
    field.save()
    _changed(field, "changed", by, parts=sorted(values))
    return field


@transaction.atomic
def order_custom_fields(*, record_type: RecordType, keys: Sequence[str], by: Actor) -> None:
    """Put fields in this order; those not named come last, as they were."""
    _require(by)
    known = list(CustomField.objects.filter(record_type=record_type.name))
    known.sort(key=lambda one: keys.index(one.key) if one.key in keys else len(keys))
    for position, one in enumerate(known, start=1):
        one.position = position
    CustomField.objects.bulk_update(known, ["position"])
    forget_fields()


@transaction.atomic
def retire_custom_field(*, field: CustomField, by: Actor) -> None:
    """Take a field out of sight. Its values are kept, and come back with it."""
    _require(by)
    field.retired_at = timezone.now()
    field.save(update_fields=["retired_at", "updated_at"])
    _changed(field, "retired", by)


@transaction.atomic
def revive_custom_field(*, field: CustomField, by: Actor) -> None:
    _require(by)
    field.retired_at = None
    field.save(update_fields=["retired_at", "updated_at"])
    _changed(field, "revived", by)


def _require(by: Actor) -> None:
    if not by.may("edit", "settings"):
        raise Denied(_("Only owners and administrators may change the fields."))


def _check_required(kind: str, is_required: bool) -> None:
    """No form could keep what it asks for, and a company that comes whole brings no such values."""
    if kind == CONFIDENTIAL and is_required:
        raise Invalid({"is_required": [_("A confidential field cannot have to be filled in.")]})


def _changed(field: CustomField, what: str, by: Actor, **details: Any) -> None:
    from tenants.records.custom.tasks import fit_index  # the task calls back into this room

    note(f"field.{what}", by=by, subject=f"{field.record_type}: {field.label}", kind=field.kind, **details)
    forget_fields()
    send(fit_index, field_id=str(field.pk))


def _label(record_type: RecordType, label: str, *, besides: CustomField | None = None) -> str:
    text = " ".join(label.replace("\x00", "").split())
    if not text or len(text) > 80:
        raise Invalid({"label": [_("Give the field a name of at most 80 characters.")]})
    taken = {field.label.casefold() for field in record_type.fields.values() if not besides or field.key != besides.key}
    if text.casefold() in taken:
        raise Invalid({"label": [_("There is a field of this name already.")]})
    return text


def _key(record_type: RecordType, wanted: str) -> str:
    """The name in filters and the API: letters, digits and _, made from the label unless given."""
    base = slugify(wanted).replace("-", "_")[:36]
    base = base if KEY.match(base) else f"field_{base}".rstrip("_")[:36]
    taken = set(CustomField.objects.filter(record_type=record_type.name).values_list("key", flat=True))
    return next(key for n in range(1, MOST_FIELDS + 2) if (key := base if n == 1 else f"{base}_{n}") not in taken)


def _count(record_type: RecordType) -> int:
    count = CustomField.objects.filter(record_type=record_type.name).count()
    if count >= MOST_FIELDS:
        raise Invalid({"label": [_("A record type has at most %(most)d own fields.") % {"most": MOST_FIELDS}]})
    return count


def checked_options(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options a kind knows, in their one form. Raises Invalid."""
    if kind in WITH_CHOICES:
        return {"choices": _choices(options.get("choices"))}
    if kind == "relation":
        return {"target": _target(str(options.get("target", "")))}
    if kind == "decimal":
        places = options.get("places", 2)
        if not isinstance(places, int) or not 0 <= places <= MOST_PLACES:
            raise Invalid({"options": [_("Use 0 to %(most)d decimal places.") % {"most": MOST_PLACES}]})
        return {"places": places}
    return {}


def _target(name: str) -> str:
    from tenants.records.registry import record_types

    if name not in {found.name for found in record_types()}:
        known = ", ".join(found.name for found in record_types())
        raise Invalid(
            {"options": [_("Say which records it points at, as target. Known: %(known)s.") % {"known": known}]}
        )
    return name


def _choices(given: Any) -> list[dict[str, str]]:
    """Words or {"value", "label", "tone"}; the value of a word is the word itself."""
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_CHOICES:
        raise Invalid({"options": [_("Give 1 to %(most)d choices.") % {"most": MOST_CHOICES}]})
    found: dict[str, dict[str, str]] = {}
    for one in given:
        given_one = one if isinstance(one, dict) else {"label": str(one)}
        label = str(given_one.get("label") or given_one.get("value") or "").strip()[:80]
        value = str(given_one.get("value") or label).strip()[:80]
        if not label or "\x00" in label + value:
            raise Invalid({"options": [_("Each choice needs a name.")]})
        found[value] = {"value": value, "label": label, "tone": str(given_one.get("tone", ""))[:12]}
    return list(found.values())
