"""An address while it is typed: proposed from the name, checked at once."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.directory.actions import check_slug
from tenants.directory.names import slug_from
from tenants.kernel.errors import Conflict, Invalid


@dataclass(frozen=True)
class SlugState:
    """What to say below a slug."""

    slug: str
    problem: str = ""

    @property
    def is_free(self) -> bool:
        return bool(self.slug) and not self.problem


def slug_state(slug: str, *, is_taken: Callable[[str], bool]) -> SlugState | None:
    """Whether one could have this slug now; None for none."""
    if not slug:
        return None
    try:
        check_slug(slug, is_taken=is_taken)
    except Invalid as error:
        return SlugState(slug, error.errors["slug"][0])
    except Conflict as error:
        return SlugState(slug, str(error.detail))
    return SlugState(slug)


def slug_answer(request: HttpRequest, *, name: str, suffix: str, is_taken: Callable[[str], bool]) -> HttpResponse:
    """The words below the address; or, while the name is typed, the whole field with a proposal.

    `name` is the query's name of the name field. Once somebody has written an
    address of their own it is kept.
    """
    wanted = request.GET.get("slug", "").strip().lower()[:60]
    if "propose" not in request.GET:
        values = {"state": slug_state(wanted, is_taken=is_taken)}
        return render(request, "site/slug.html#state", values)
    proposed = request.GET.get("proposed", "")[:60]
    if not wanted or wanted == proposed:
        wanted = proposed = slug_from(request.GET.get(name, "")[:200])
    state = slug_state(wanted, is_taken=is_taken)
    field = {"slug": wanted, "proposed": proposed, "suffix": suffix, "check": request.path, "state": state}
    return render(request, "site/slug.html#field", field)
