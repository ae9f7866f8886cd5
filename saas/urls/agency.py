"""The agency's face: its portal and its API."""

from django.urls import include, path

from saas.api import agency_api, document
from saas.urls.common import common, handler403, handler404, handler500

api = agency_api()
urlpatterns = [
    *common,
    path("api/v1/openapi.json", document(api)),
    path("api/v1/", api.urls),
    path("", include("tenants.identity.urls")),
    path("", include("public_site.agency.urls")),
]
__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
