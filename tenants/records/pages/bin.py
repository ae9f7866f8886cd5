"""Into the bin and out again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.kernel import context
from tenants.records import actions
from tenants.records.pages.answers import done
from tenants.records.queries import record_for
from tenants.records.registry import RecordType


@require_POST
def delete(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    actions.delete_record(record=found, by=actor)
    undo = reverse("records:restore", args=[record_type, record_id])
    messages.success(request, _("%(name)s is in the bin.") % {"name": found}, extra_tags=undo)
    return done(request, record_type.list_url)


@require_POST
def restore(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = actions.bin_record_for(actor, record_type, record_id)
    actions.restore_record(record=found, by=actor)
    messages.success(request, _("%(name)s is back.") % {"name": found})
    return done(request, record_type.url_of(found))
