"""Looking for duplicates, deciding about a pair, refusing a double."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.duplicates.queries import Match, matches_for
from tenants.records.duplicates.rules import rules_for
from tenants.records.duplicates.words import reasons_text
from tenants.records.enums import JobState, PairState
from tenants.records.jobs.actions import start_job
from tenants.records.models import Job, Pair
from tenants.records.queries import require
from tenants.records.registry import RecordType


class PossibleDuplicate(Invalid):
    """A record like this one is there already. `errors` names them by the field they share."""

    code: ClassVar[str] = "possible_duplicate"
    status = 409
    title = "A record like this is there already"


def start_scan(*, record_type: RecordType, by: Actor) -> Job:
    """Compare all records of a type in the background; one scan of a type at a time. Raises Invalid, Denied."""
    require(by, "edit", record_type.name)
    if not rules_for(record_type):
        raise Invalid({"type": [_("%(what)s have nothing to compare.") % {"what": record_type.label}]})
    running = Job.objects.filter(
        kind="duplicates", record_type=record_type.name, state__in=(JobState.QUEUED, JobState.RUNNING)
    ).first()
    if running and running.user_id == by.user_id:
        return running
    label = _("Find duplicate %(what)s") % {"what": record_type.label.lower()}
    return start_job(kind="duplicates", label=label, by=by, record_type=record_type.name)


@transaction.atomic
def decide(*, pair: Pair, state: PairState, by: Actor) -> Pair:
    """Say that two are not the same, or that it should be looked at again."""
    require(by, "edit", pair.record_type)
    found = Pair.objects.select_for_update().get(pk=pair.pk)
    if found.state != PairState.MERGED:
        found.state, found.decided_by_id = state, by.user_id
        found.save(update_fields=["state", "decided_by", "updated_at"])
    return found


def possible_duplicates(record_type: RecordType, values: Mapping[str, Any], by: Actor) -> list[Match]:
    """Records like one with these raw values; none when the values are not right yet."""
    try:
        cleaned = record_type.clean(values, creating=True)
    except Invalid:
        return []
    return matches_for(record_type, cleaned, by)


def refuse_duplicate(record_type: RecordType, values: Mapping[str, Any], by: Actor) -> None:
    """Raise PossibleDuplicate when a record like this is there."""
    errors: dict[str, list[str]] = {}
    for match in possible_duplicates(record_type, values, by):
        words = _("%(name)s (%(id)s): %(why)s") % {
            "name": match.record, "id": match.record.pk, "why": reasons_text(match.reasons),
        }  # fmt: skip
        errors.setdefault(match.reasons[0].rstrip("~"), []).append(words)
    if errors:
        raise PossibleDuplicate(errors)
