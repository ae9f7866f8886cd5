"""Answers that several pages give."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from tenants.kernel.web import dialog_done, wants_part


def done(request: HttpRequest, url: str) -> HttpResponse:
    """On to a page: by closing the dialog for htmx, by a redirect otherwise."""
    return dialog_done(url) if wants_part(request) else HttpResponseRedirect(url)
