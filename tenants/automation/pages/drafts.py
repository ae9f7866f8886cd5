"""Saving from the builder: what somebody else saved meanwhile is never written over unseen."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from tenants.automation.actions import save_draft
from tenants.automation.models import Version, Workflow
from tenants.automation.queries import current_of, require_keeper
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict


class ChangedMeanwhile(Conflict):
    """Somebody else saved. `theirs` is what stands now."""

    code = "draft_changed"

    def __init__(self, theirs: Version) -> None:
        self.theirs = theirs
        super().__init__(f"{theirs.made_by_name} changed it meanwhile.")


def stamp_of(version: Version) -> str:
    """Another text after each save."""
    return f"{version.pk}:{version.updated_at.timestamp():.6f}"


@transaction.atomic
def save_seen(*, workflow: Workflow, definition: Mapping[str, Any], seen: str, by: Actor) -> Version:
    """Save a draft by somebody who has seen `seen`. Raises ChangedMeanwhile and what `save_draft` raises."""
    require_keeper(by)
    Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)
    now = current_of(workflow)
    if stamp_of(now) != seen:
        raise ChangedMeanwhile(now)
    return save_draft(workflow=workflow, definition=definition, by=by)
