"""Who works for the agency, and the keys of its programs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from public_site.agency import key_actions, staff_actions
from public_site.agency.access import MemberRequest, members_only, require_member
from public_site.agency.forms import KeyForm, MemberForm, posted
from public_site.agency.models import AgencyRole
from public_site.agency.queries import key_of, keys_of, member_of, members_of
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.web import dialog_done


@require_GET
@members_only
def keys(request: MemberRequest) -> HttpResponse:
    return render(request, "agency/keys.html", {"keys": keys_of(request.member.agency)})


@require_http_methods(["GET", "POST"])
@members_only
def create_key(request: MemberRequest) -> HttpResponse:
    """The secret is in this one answer and nowhere else."""
    form = KeyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            key, secret = key_actions.create_agency_key(member=request.member, by=context.actor(), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            return render(request, "agency/key_made.html", {"key": key, "secret": secret})
    return render(request, "agency/key_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@members_only
def revoke_key(request: MemberRequest, key_id: UUID) -> HttpResponse:
    found = key_of(request.member.agency, key_id)
    key_actions.revoke_agency_key(key=found, by=context.actor())
    messages.success(request, _("The key “%(name)s” has stopped working.") % {"name": found.key.name})
    return _to(request, reverse("agency:keys"))


@require_GET
@members_only
def staff(request: MemberRequest) -> HttpResponse:
    values = {"members": members_of(request.member.agency), "me": request.member}
    return render(request, "agency/staff.html", values)


@require_http_methods(["GET", "POST"])
@members_only
def invite(request: MemberRequest) -> HttpResponse:
    require_member(request, role=AgencyRole.OWNER)
    form = MemberForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = staff_actions.invite_member(agency=request.member.agency, by=context.actor(), **form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(email)s may come in.") % {"email": made.user.email})
            return _to(request, reverse("agency:staff"))
    return render(request, "agency/staff_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@members_only
def remove(request: MemberRequest, member_id: UUID) -> HttpResponse:
    require_member(request, role=AgencyRole.OWNER)
    found = member_of(request.member.agency, member_id)
    staff_actions.remove_member(member=found, by=context.actor())
    messages.success(request, _("%(name)s is out.") % {"name": found.user})
    return _to(request, reverse("agency:staff"))


def _to(request: MemberRequest, url: str) -> HttpResponse:
    return dialog_done(url) if request.htmx and not request.htmx.boosted else redirect(url)  # type: ignore[attr-defined]
