"""Dialogs that several pages give, and how they end."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tenants.identity.forms import ActionForm
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.web import dialog_done, wants_part

Act = Callable[[dict[str, Any]], str]


def dialog(
    request: HttpRequest, form: ActionForm, act: Act, *, title: str, back: str, submit: str = "",
    template: str = "crm/dialog.html", danger: bool = False, **more: Any,
) -> HttpResponse:  # fmt: skip
    """Show a form; a good one is acted on and leads back with a word, a refused one is shown again."""
    if request.method == "POST" and form.is_valid():
        try:
            return done(request, act(form.cleaned_data), back)
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            form.refuse(Invalid({error.field: [f"{error.detail} {error.fix}".strip()]}))
    values = {"form": form, "title": title, "submit": submit, "danger": danger, "back": back} | more
    return draw(request, template, values, status=422 if form.errors else 200)


def draw(request: HttpRequest, template: str, values: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """In a dialog for htmx, as a page of its own otherwise."""
    part = "#dialog" if wants_part(request) else ""
    return render(request, f"{template}{part}", values | {"action_url": request.get_full_path()}, status=status)


def done(request: HttpRequest, text: str, back: str) -> HttpResponse:
    messages.success(request, text)
    return dialog_done(back) if wants_part(request) else redirect(back)
