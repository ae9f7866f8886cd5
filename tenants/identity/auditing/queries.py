"""Reads of the audit: by who, what, when and about what."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from tenants.identity.enums import SETTINGS
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody looks for. Days are whole days in the reader's time zone, both included."""

    who: UUID | None = None
    what: str = ""
    """An action, or a family of them: `sign_in` finds `sign_in.done` and `sign_in.refused`."""
    since: date | None = None
    until: date | None = None
    about: str = ""
    """Part of the subject, or the whole name of who did it."""

    @property
    def is_all(self) -> bool:
        return self == Asked()


def asked_for(given: Any) -> Asked:
    """Read from a query string. Raises Invalid, naming what is not understood."""
    errors: dict[str, list[str]] = {}
    who = _uuid(given.get("who", ""), errors)
    since, until = (_day(given.get(name, ""), name, errors) for name in ("since", "until"))
    if since and until and since > until:
        errors["until"] = [_("Choose a day that is not before the first.")]
    if errors:
        raise Invalid(errors)
    texts = {name: given.get(name, "").replace("\x00", "").strip()[:200] for name in ("what", "about")}
    return Asked(who=who, since=since, until=until, **texts)


def _uuid(text: str, errors: dict[str, list[str]]) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        errors["who"] = [_("Choose a person from the list.")]
        return None


def _day(text: str, name: str, errors: dict[str, list[str]]) -> date | None:
    try:
        found = parse_date(text) if text else None
    except ValueError:
        found = None
    if text and found is None:
        errors[name] = [_("Write the day like 2026-03-31.")]
    return found


def entries(asked: Asked, *, actor: Actor) -> QuerySet[AuditEntry]:
    """Of the place we are in, newest first, for those who may change its settings. Raises Denied."""
    if not actor.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may read the audit."))
    rows = AuditEntry.objects.filter(chain=context.place().salt).order_by("-number")
    if asked.who:
        rows = rows.filter(user_id=asked.who)
    if asked.what:
        rows = rows.filter(Q(action=asked.what) | Q(action__startswith=f"{asked.what}."))
    if asked.since:
        rows = rows.filter(created_at__gte=_begins(asked.since))
    if asked.until:
        rows = rows.filter(created_at__lt=_begins(asked.until + timedelta(days=1)))
    if asked.about:
        rows = rows.filter(Q(subject__icontains=asked.about) | Q(actor_name__iexact=asked.about))
    return rows


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def page_of(rows: QuerySet[AuditEntry], *, before: int | None, size: int = PAGE) -> tuple[list[AuditEntry], int | None]:
    """So many entries below a number, and the number to go on from, if there are more."""
    found = list((rows.filter(number__lt=before) if before else rows)[: size + 1])
    return found[:size], found[size - 1].number if len(found) > size else None
