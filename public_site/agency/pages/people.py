"""Who works for the agency, and the keys of its programs."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from public_site.agency import key_actions, staff_actions
from public_site.agency.access import MemberRequest, members_only
from public_site.agency.forms import KeyForm, LimitsForm, MemberForm, posted
from public_site.agency.models import AgencyMember, AgencyTab
from public_site.agency.queries import key_of, keys_of, member_of, members_of
from tenants.directory.queries import companies_of
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.web import dialog_done

MOST_NAMES = 3


@require_GET
@members_only(AgencyTab.KEYS)
def keys(request: MemberRequest) -> HttpResponse:
    return render(request, "agency/keys.html", {"keys": keys_of(request.member.agency)})


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.KEYS)
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
@members_only(AgencyTab.KEYS)
def revoke_key(request: MemberRequest, key_id: UUID) -> HttpResponse:
    found = key_of(request.member.agency, key_id)
    key_actions.revoke_agency_key(key=found, by=context.actor())
    messages.success(request, _("The key “%(name)s” has stopped working.") % {"name": found.key.name})
    return _to(request, reverse("agency:keys"))


@require_GET
@members_only(AgencyTab.STAFF)
def staff(request: MemberRequest) -> HttpResponse:
    members = list(members_of(request.member.agency))
    names = dict(companies_of(request.member.agency_id).values_list("pk", "name"))
    rows = [(one, _companies_in_words(one, names)) for one in members]
    values = {"rows": rows, "me": request.member}
    return render(request, "agency/staff.html", values)


def _companies_in_words(member: AgencyMember, names: Mapping[UUID, str]) -> str:
    """Names of the few, or how many; nothing for who looks after all."""
    if member.company_ids is None:
        return ""
    found = sorted(names[one] for one in member.company_ids if one in names)
    few = ", ".join(found[:MOST_NAMES]) or _("No company")
    more = len(found) - MOST_NAMES
    return few if more <= 0 else _("%(names)s and %(more)d more") % {"names": few, "more": more}


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.STAFF, owner=True)
def invite(request: MemberRequest) -> HttpResponse:
    agency = request.member.agency
    form = MemberForm(agency, posted(request))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("email", "name")}
        try:
            made = staff_actions.invite_member(agency=agency, by=context.actor(), **given, **form.limits)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(email)s may come in.") % {"email": made.user.email})
            return _to(request, reverse("agency:staff"))
    return _dialog(request, form, _("Invite a colleague"), _("Invite"))


@require_http_methods(["GET", "POST"])
@members_only(AgencyTab.STAFF, owner=True)
def edit(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """Role, companies and parts of a colleague."""
    found = member_of(request.member.agency, member_id)
    form = LimitsForm(found.agency, posted(request), member=found)
    if request.method == "POST" and form.is_valid():
        try:
            staff_actions.change_member(member=found, by=context.actor(), **form.limits)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _("What is open to %(name)s was changed.") % {"name": found.user})
            return _to(request, reverse("agency:staff"))
    return _dialog(request, form, _("What is open to %(name)s") % {"name": found.user}, _("Save"))


def _dialog(request: MemberRequest, form: LimitsForm, title: str, submit: str) -> HttpResponse:
    values = {"form": form, "title": title, "submit": submit, "action": request.path}
    return render(request, "agency/staff_form.html", values, status=422 if form.errors else 200)


@require_POST
@members_only(AgencyTab.STAFF, owner=True)
def remove(request: MemberRequest, member_id: UUID) -> HttpResponse:
    found = member_of(request.member.agency, member_id)
    staff_actions.remove_member(member=found, by=context.actor())
    messages.success(request, _("%(name)s is out.") % {"name": found.user})
    return _to(request, reverse("agency:staff"))


def _to(request: MemberRequest, url: str) -> HttpResponse:
    return dialog_done(url) if request.htmx and not request.htmx.boosted else redirect(url)  # type: ignore[attr-defined]
