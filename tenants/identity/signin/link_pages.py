"""The page that asks for a mailed link, and the one the link leads to."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tenants.identity.entry import refuse, safe_next
from tenants.identity.errors import LinkInvalid, TooManyTries
from tenants.identity.forms import ForgotForm
from tenants.identity.signin.links import ask_for_link, require_links, use_link, user_of_link
from tenants.identity.signin.steps import LINK, go_on
from tenants.identity.signin.where import go_there
from tenants.identity.throttle import LINK_MACHINE, machine_of
from tenants.kernel.errors import Invalid


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Says the same whether the address is known or not."""
    require_links()
    form, status = ForgotForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            ask_for_link(request, email=email)
            return render(request, "identity/signin/link_sent.html", {"email": email})
        except TooManyTries as error:
            form.refuse(Invalid({"": [str(error.detail)]}))
            status = error.status
    return render(
        request, "identity/signin/link.html", {"form": form}, status=422 if status == 200 and form.errors else status
    )


@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
    """A button, so that machines that look into mails use nothing up."""
    require_links()
    try:
        if request.method == "POST":
            user = use_link(user_id, token)
            return go_there(request, go_on(request, user, method=LINK, next=safe_next(request)))
        return render(request, "identity/signin/follow.html", {"person": user_of_link(user_id, token)})
    except LinkInvalid:
        LINK_MACHINE.press(machine_of(request))
        refuse(request, "", method=LINK, reason="link")
        return render(request, "identity/dead_link.html", {"purpose": "link"}, status=LinkInvalid.status)
