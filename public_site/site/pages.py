"""The platform's own site: what it is, what it costs, and the way in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.plans.queries import plans_on_sale, quota_lines
from public_site.agency.handover import handover_url
from public_site.site import actions
from public_site.site.errors import AlreadyConfirmed
from public_site.site.forms import SignUpForm
from public_site.site.queries import WAIT, is_agency_slug_taken, link_token, sign_up_for
from public_site.site.showcase import showcase
from public_site.slugs import slug_answer, slug_state
from tenants.identity.errors import LinkInvalid
from tenants.identity.throttle import Brake, machine_of
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid
from tenants.records.locale import money

SIGN_UPS = Brake(name="sign-up", free=10)


@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "site/landing.html", showcase() | {"plans": _price_list()})


@require_GET
def pricing(request: HttpRequest) -> HttpResponse:
    return render(request, "site/pricing.html", {"plans": _price_list()})


def _price_list() -> list[dict[str, Any]]:
    return [
        {"plan": plan, "price": money(plan.price, plan.currency), "quotas": quota_lines(plan)}
        for plan in plans_on_sale()
    ]


@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "site/terms.html")


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "site/privacy.html")


@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        form = SignUpForm(initial={"plan": request.GET.get("plan", "free")})
        return _sign_up_page(request, form)
    form = SignUpForm(request.POST)
    if form.is_valid():
        SIGN_UPS.press(machine_of(request))
        try:
            made = actions.sign_up(by=context.actor(), **form.values)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            return redirect("site:sent", token=link_token(made, purpose=WAIT))
    return _sign_up_page(request, form, status=422)


def _sign_up_page(request: HttpRequest, form: SignUpForm, *, status: int = 200) -> HttpResponse:
    slug = str(form["slug"].value() or "")
    values = {"form": form, "slug": slug, "suffix": f".{settings.PLATFORM_DOMAIN}", "check": reverse("site:slug")}
    state = None if form.errors.get("slug") else slug_state(slug, is_taken=is_agency_slug_taken)
    return render(request, "site/sign_up.html", values | {"state": state}, status=status)


@require_GET
def slug(request: HttpRequest) -> HttpResponse:
    """What to say below the address while it is typed; proposed from the name until then."""
    suffix = f".{settings.PLATFORM_DOMAIN}"
    return slug_answer(request, name="agency_name", suffix=suffix, is_taken=is_agency_slug_taken)


@require_GET
def sent(request: HttpRequest, token: str) -> HttpResponse:
    try:
        found = sign_up_for(token, purpose=WAIT)
    except LinkInvalid:
        return redirect("site:sign-up")
    return render(
        request, "site/sent.html", {"sign_up": found, "token": token, "seconds": actions.RESEND_AFTER.seconds}
    )


@require_POST
def resend(request: HttpRequest, token: str) -> HttpResponse:
    went = actions.resend_confirmation(token_owner=sign_up_for(token, purpose=WAIT))
    return HttpResponseRedirect(f"{reverse('site:sent', args=[token])}?{'again' if went else 'wait'}=1")


@require_GET
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail: opens the agency and carries its owner over there, signed in."""
    try:
        member = actions.confirm_sign_up(token=token, by=context.actor())
    except AlreadyConfirmed as error:
        return render(request, "site/link.html", {"agency_url": error.agency_url}, status=410)
    except LinkInvalid:
        return render(request, "site/link.html", {}, status=410)
    return HttpResponseRedirect(handover_url(user_id=member.user_id, agency_id=member.agency_id))
