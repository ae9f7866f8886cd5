"""The button that follows a record, and who else does."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tenants.kernel import context
from tenants.records.follows import actions
from tenants.records.follows.queries import followers_of
from tenants.records.queries import record_for
from tenants.records.registry import RecordType


@require_http_methods(["GET", "POST", "DELETE"])
def followers(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """GET: who hears of it. POST: follow oneself. DELETE: no longer."""
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    if request.method == "POST":
        actions.follow(record=found, by=actor)
    elif request.method == "DELETE":
        actions.unfollow(record=found, by=actor)
    people = list(followers_of(found)[:200])
    values = {"type": record_type, "record": found, "followers": people,
              "is_following": any(one.pk == actor.user_id for one in people),
              "is_owner": actor.user_id is not None and found.owner_id == actor.user_id}  # fmt: skip
    return render(request, "records/_followers.html", values)
