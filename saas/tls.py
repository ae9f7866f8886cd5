"""Which hosts the proxy may fetch a certificate for."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tenants.directory.hosts import resolve


@require_GET
def tls_ask(request: HttpRequest) -> HttpResponse:
    """200 for a verified host of ours, 404 otherwise: the question on-demand TLS asks."""
    return HttpResponse(status=200 if resolve(request.GET.get("domain", "")) else 404)
