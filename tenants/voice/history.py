"""Lines of a call's history: the calls' own actions do not pass through the house's forms."""

from collections.abc import Mapping
from typing import Any

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.models import Change
from tenants.voice.models import Call


def note(call: Call, action: str, changes: Mapping[str, Any], *, by: Actor) -> None:
    Change.objects.create(
        record_type="calls",
        record_id=call.pk,
        action=action,
        actor_name=by.name,
        user_id=by.user_id,
        changes=changes,
        request_id=context.current().request_id,
    )
