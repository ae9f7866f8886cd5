"""The settings of signing in: the rules, the record of tries, other people's browsers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity.access import may_manage
from tenants.identity.models import Outcome
from tenants.identity.queries import user_by_id
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.signin.asked import browser_named
from tenants.identity.signin.browsers import browsers_of, end_all_sessions
from tenants.identity.signin.forms import PolicyForm
from tenants.identity.signin.history import sign_ins
from tenants.identity.signin.policy import update_policy
from tenants.identity.signin.rules import policy_now
from tenants.identity.signin.tabs import inner_tabs
from tenants.identity.signin.words import method_word, reason_word
from tenants.identity.throttle import address_of
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done, wants_part

PAGE_LENGTH = 50


@require_http_methods(["GET", "POST"])
@may_manage
def policy(request: HttpRequest) -> HttpResponse:
    form = PolicyForm(request.POST or None, rules=policy_now(), address=address_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            update_policy(values=form.cleaned_data, by=context.actor())
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("sign-in-policy")
    values = {"form": form, "tabs": settings_tabs(request), "views": inner_tabs(request)}
    return render(request, "identity/signin/policy.html", values, status=422 if form.errors else 200)


@require_GET
@may_manage
def history(request: HttpRequest) -> HttpResponse:
    """All tries, or the failed ones; older ones by the id of the last one shown."""
    outcome = request.GET.get("outcome", "")
    rows = sign_ins(outcome=outcome, email=request.GET.get("email", "").replace("\x00", ""))
    if before := _uuid(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE_LENGTH + 1])
    shown = found[:PAGE_LENGTH]
    for row in shown:
        row.browser = browser_named(row.agent)  # type: ignore[attr-defined]
        row.by, row.why = method_word(row.method), reason_word(row.reason)  # type: ignore[attr-defined]
    values: dict[str, Any] = {
        "rows": shown, "outcome": outcome, "email": request.GET.get("email", ""),
        "older": shown[-1].pk if len(found) > PAGE_LENGTH else "",
        "tabs": settings_tabs(request), "views": inner_tabs(request), "failed": Outcome.REFUSED,
    }  # fmt: skip
    return render(request, "identity/signin/history.html", values)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_GET
@may_manage
def sessions_of(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = user_by_id(user_id)
    values = {"person": person, "browsers": browsers_of(person), "tabs": settings_tabs(request)}
    template = "identity/signin/sessions.html"
    return render(request, f"{template}#dialog" if wants_part(request) else template, values)


@require_POST
@may_manage
def end_sessions_of(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = user_by_id(user_id)
    ended = end_all_sessions(user=person, by=context.actor())
    text = ngettext("%(name)s is signed out of %(n)d browser.", "%(name)s is signed out of %(n)d browsers.", ended)
    messages.success(request, text % {"name": person, "n": ended})
    return dialog_done(reverse("people")) if wants_part(request) else redirect("people")
