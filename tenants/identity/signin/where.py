"""Sending a browser on after a step of signing in."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render


def go_there(request: HttpRequest, where: str) -> HttpResponse:
    """A path here at once; another host only when the reader says so, since the address may be new to it."""
    if where.startswith("/"):
        return HttpResponseRedirect(where)
    return render(request, "identity/elsewhere.html", {"url": where, "address": _address(where)})


def _address(url: str) -> str:
    """Scheme and host, without what follows: that may open a door."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
