"""A canary in the company that is attacked: records, a note, a file, a view and an export whose words no other
company has. Written in the transaction that is taken back, so the attack's own requests see them, if they may,
and nobody else ever does.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, models, transaction

from saas.isolation.people import Person
from tenants.kernel import context
from tenants.kernel.context import Place
from tenants.kernel.errors import DomainError, Invalid
from tenants.records.actions import create_record
from tenants.records.enums import JobState, ViewAudience
from tenants.records.fields import Field, Relation
from tenants.records.models import File, Job, Note, SavedView
from tenants.records.order import all_in_order
from tenants.records.registry import RecordType, type_of

FOLDER = "isolation"
WORDS = ("text", "long_text", "rich_text")
SAMPLED = 3
"""So many ids of each table are shown at the other company's door, the canary's among them."""
TRIES = 3


@dataclass
class Canary:
    """`bait` is searched for; `tail` follows it in every text and stands in no question, only in leaks."""

    bait: str = field(default_factory=lambda: f"zq{secrets.token_hex(5)}")
    tail: str = field(default_factory=lambda: f"kx{secrets.token_hex(7)}")
    records: dict[str, Any] = field(default_factory=dict)
    """By record type."""
    ids: dict[str, list[str]] = field(default_factory=dict)
    """By model, those of the canary first."""
    file_key: str = ""

    @property
    def words(self) -> str:
        return f"{self.bait}{self.tail}"

    @property
    def known(self) -> frozenset[str]:
        return frozenset(one for ids in self.ids.values() for one in ids)


def plant(victim: Person, attacker: Place) -> Canary:
    """Runs in a rehearsal."""
    canary = Canary()
    with context.inside(victim.place, actor=victim.actor):
        for record_type in all_in_order():
            if not record_type.is_common:
                made = _record(record_type, canary, victim)
                canary.records |= {record_type.name: made} if made else {}
        _beside(canary, victim)
        canary.ids = _sampled()
    with context.inside(attacker):
        _leave_out_shared(canary)
    return canary


# Records


def _record(record_type: RecordType, canary: Canary, victim: Person) -> Any:
    """One with the canary in all its words, or None where the type makes none this way."""
    values = record_type.initial(victim.actor) | _values(record_type, canary)
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return create_record(record_type=record_type, values=values, by=victim.actor)
        except Invalid as refusal:
            wrong = {name.partition(".")[0] for name in refusal.errors} & set(values)
            if not wrong:
                return None
            values = {name: value for name, value in values.items() if name not in wrong}
        except (DomainError, DatabaseError):  # a type with doors of its own: what stands there is sampled
            return None
    return None


def _values(record_type: RecordType, canary: Canary) -> dict[str, Any]:
    found: dict[str, Any] = {"external_id": canary.words} if "external_id" in record_type.writable else {}
    for name in record_type.form:
        value = _value(record_type, record_type.fields.get(name), canary)
        if value is not None:
            found[name] = value
    return found


def _value(record_type: RecordType, asked: Field | None, canary: Canary) -> Any:
    if asked is None or asked.is_read_only:
        return None
    if isinstance(asked, Relation):
        target = type_of(asked.target)
        return canary.records[target.name].pk if target and target.name in canary.records else None
    if asked.kind == "email":
        return f"{canary.words}@proof.invalid"
    fits = not asked.max_length or asked.max_length >= len(canary.words)
    return canary.words if asked.kind in WORDS and fits else None


# What hangs on them


def _beside(canary: Canary, victim: Person) -> None:
    about = next(iter(canary.records.items()), None)
    if about is None:
        return
    pointer = {"record_type": about[0], "record_id": about[1].pk}
    who, name = victim.user, victim.user.name
    Note.objects.create(**pointer, body=f"<p>{canary.words}</p>", text=canary.words, author=who, author_name=name)
    canary.file_key = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}", ContentFile(canary.words.encode()))
    File.objects.create(
        **pointer, name=f"{canary.words}.txt", key=canary.file_key, content_type="text/plain", size=len(canary.words),
        digest="0" * 64, uploaded_by=who, uploader_name=name,
    )  # fmt: skip
    SavedView.objects.create(record_type=about[0], name=canary.words, owner=who, audience=ViewAudience.PUBLIC)
    Job.objects.create(
        kind="export", label=canary.words, state=JobState.DONE, user=who, actor_name=name,
        params={"types": [about[0]], "format": "csv", "is_whole": False, "name": f"{canary.words}.csv"},
        result={"file": canary.file_key, "size": len(canary.words)},
    )  # fmt: skip


# Ids


def tables() -> list[type[models.Model]]:
    """The models whose tables stand in a company's schema and whose rows have an id."""
    found = (model for model in apps.get_models() if model._meta.app_config.name in settings.TENANT_APPS)
    return [model for model in found if isinstance(model._meta.pk, models.UUIDField)]


def _sampled() -> dict[str, list[str]]:
    """The newest of each table, the canary's before any other."""
    found: dict[str, list[str]] = {}
    for model in tables():
        ids = model._default_manager.order_by("-pk").values_list("pk", flat=True)[:SAMPLED]
        found[model._meta.model_name or ""] = [str(one) for one in ids]
    return {name: ids for name, ids in found.items() if ids}


def _leave_out_shared(canary: Canary) -> None:
    """A clone has the ids of what it was cloned from: those say nothing about who they belong to."""
    for model in tables():
        name = model._meta.model_name or ""
        if name in canary.ids:
            shared = {
                str(one) for one in model._default_manager.filter(pk__in=canary.ids[name]).values_list("pk", flat=True)
            }
            canary.ids[name] = [one for one in canary.ids[name] if one not in shared]
