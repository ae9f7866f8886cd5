"""Stand-ins: everybody's in the settings, one's own in the profile."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity.access import may_manage, signed_in
from tenants.identity.forms import ActionForm
from tenants.identity.models import User
from tenants.identity.queries import active_users
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.standing import actions, queries
from tenants.kernel import context
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.web import dialog_done, wants_part

SHOWN = 100
USUAL_DAYS = 14


class StandInForm(ActionForm):
    lender = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Stand in for"))
    borrower = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Who stands in"), empty_label=gettext_lazy("Choose a colleague")
    )
    until = forms.DateField(
        label=gettext_lazy("Up to and including"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("At most 90 days. It can be ended at any time."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=actions.LONGEST_REASON, required=False)

    def __init__(self, data: Any, *, lender: User | None) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"until": today + timedelta(days=USUAL_DAYS)})
        fields: Any = self.fields
        fields["borrower"].queryset = active_users().exclude(pk=lender.pk) if lender else active_users()
        fields["lender"].queryset = active_users().filter(role__isnull=False).select_related("role")
        fields["until"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(actions.MOST_DAYS)).isoformat(),
        }
        if lender:
            del self.fields["lender"]


@require_GET
@may_manage
def listing(request: HttpRequest) -> HttpResponse:
    rows = list(queries.stand_ins(context.actor())[:SHOWN])
    return render(request, "identity/standing/list.html", {"rows": rows, "tabs": settings_tabs(request)})


@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest) -> HttpResponse:
    """For anybody, by an administrator."""
    return _form(request, None, "stand-ins")


@require_http_methods(["GET", "POST"])
@signed_in
def lend(request: HttpRequest) -> HttpResponse:
    """One's own access, by anybody."""
    me: Any = request.user
    return _form(request, me, "profile")


def _form(request: HttpRequest, lender: User | None, back: str) -> HttpResponse:
    form = StandInForm(request.POST or None, lender=lender)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            made = actions.lend_access(
                lender=lender or sent["lender"], borrower=sent["borrower"], until=_end_of(sent["until"]),
                reason=sent["reason"], by=context.actor(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        except Denied as error:
            form.add_error(None, f"{error.detail} {error.fix}".strip())
        else:
            words = {"borrower": made.borrower, "lender": made.lender}
            return _done(request, _("%(borrower)s stands in for %(lender)s from now on.") % words, back)
    title = _("Let somebody stand in for me") if lender else _("New stand-in")
    values = {
        "form": form,
        "title": title,
        "submit": _("Begin"),
        "action_url": request.path,
        "tabs": settings_tabs(request),
    }
    template = "identity/settings_form.html#dialog" if wants_part(request) else "identity/settings_form.html"
    return render(request, template, values, status=422 if form.errors else 200)


def _end_of(day: Any) -> datetime:
    """The last moment of a day, where the one who acts is."""
    return timezone.make_aware(datetime.combine(day, time.max.replace(microsecond=0)))


@require_POST
@signed_in
def end(request: HttpRequest, stand_in_id: UUID) -> HttpResponse:
    """`profile` in what is sent leads back there."""
    found = queries.stand_in_by_id(context.actor(), stand_in_id)
    found = actions.end_stand_in(stand_in=found, by=context.actor())
    words = {"borrower": found.borrower, "lender": found.lender}
    back = "profile" if request.POST.get("profile") else "stand-ins"
    return _done(request, _("%(borrower)s no longer stands in for %(lender)s.") % words, back)


def _done(request: HttpRequest, text: str, back: str) -> HttpResponse:
    messages.success(request, text)
    return dialog_done(reverse(back)) if wants_part(request) else redirect(back)
