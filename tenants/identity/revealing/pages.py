"""“Show” beside a confidential field: its value for half a minute."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tenants.identity.revealing.actions import reveal_value
from tenants.identity.support.inside import inside
from tenants.kernel import context
from tenants.kernel.errors import Denied
from tenants.records.queries import record_for
from tenants.records.registry import RecordType

SHOWN_SECONDS = 30


@require_POST
@never_cache
def reveal(request: HttpRequest, record_type: RecordType, record_id: UUID, name: str) -> HttpResponse:
    """The value in the place of its mask; the page hides it again by itself."""
    check_no_visit(request)
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    value = reveal_value(record=found, name=name, by=actor)
    values = {
        "type": record_type, "record": found, "known": record_type.fields[name], "value": value,
        "seconds": SHOWN_SECONDS,
    }  # fmt: skip
    return render(request, "identity/revealed.html", values)


def check_no_visit(request: HttpRequest) -> None:
    """Support works for the company, and needs none of its secrets for that."""
    if inside(request) is not None:
        raise Denied(_("Not on a support visit: confidential values are for the people of the company alone."))
