"""Entering a company for support, from the agency's portal and the control panel alike."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from public_site.agency.forms import posted
from tenants.directory.enums import SupportAccess, VisitState
from tenants.directory.models import Company, SupportVisit
from tenants.identity.forms import ActionForm
from tenants.identity.models import User
from tenants.identity.queries import active_users
from tenants.identity.support.visits import MINUTES, MOST_REASON, ask_visit, entry_url
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid, NotFound
from tenants.kernel.web import dialog_done


class VisitForm(ActionForm):
    user_id = forms.ChoiceField(label=gettext_lazy("As"))
    minutes = forms.TypedChoiceField(label=gettext_lazy("For"), coerce=int, initial="30")
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=MOST_REASON, help_text=gettext_lazy("The company reads it.")
    )

    def __init__(self, company: Company, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with context.inside(company.place):
            people = [(str(one.pk), f"{one} ({one.role or '–'})") for one in active_users().select_related("role")]
        self.fields["user_id"].choices = people  # type: ignore[attr-defined]
        self.fields["minutes"].choices = [  # type: ignore[attr-defined]
            (str(n), ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n}) for n in MINUTES
        ]


def visit_dialog(request: HttpRequest, company: Company, *, house: str, back: str) -> HttpResponse:
    """The form; a good one leads into the company, or says that consent is awaited."""
    form = VisitForm(company, posted(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {"user_id": UUID(form.cleaned_data["user_id"])}
        try:
            visit = ask_visit(
                company=company, visitor=cast(User, request.user), house=house, by=context.actor(), **values
            )
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            form.add_error(None, f"{error.detail} {error.fix}".strip())
        else:
            return _onwards(request, visit, back)
    values = {
        "form": form, "name": company.name, "action": request.path,
        "needs_consent": company.support_access == SupportAccess.APPROVAL,
    }  # fmt: skip
    return render(request, "agency/visit.html", values, status=422 if form.errors else 200)


def _onwards(request: HttpRequest, visit: SupportVisit, back: str) -> HttpResponse:
    if visit.state == VisitState.AGREED:
        return dialog_done(entry_url(visit))
    messages.success(request, _("The company was asked. Once somebody there agrees you can enter."))
    return dialog_done(back)


def agreed_visits(company: Company, visitor: Any) -> list[SupportVisit]:
    """Those of this person that wait for consent or may begin."""
    rows = SupportVisit.objects.filter(company=company, visitor_id=visitor.pk)
    return list(rows.filter(state__in=(VisitState.ASKED, VisitState.AGREED)).order_by("-id")[:5])


def enter_agreed(request: HttpRequest, company: Company, visit_id: UUID) -> HttpResponse:
    """Into a visit that was agreed to. For its own visitor alone. Raises NotFound."""
    rows = SupportVisit.objects.filter(company=company, visitor_id=cast(User, request.user).pk, state=VisitState.AGREED)
    visit = rows.filter(pk=visit_id).first()
    if not visit:
        raise NotFound("No such visit")
    is_partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return dialog_done(entry_url(visit)) if is_partial else redirect(entry_url(visit))
