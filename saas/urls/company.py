"""The company's face: modules' pages, the record pages, the API."""

from django.urls import URLPattern, URLResolver, include, path

from saas import home
from saas.api import company_api, document
from saas.urls.common import common, handler403, handler404, handler500
from tenants.kernel.modules import modules

api = company_api()
urlpatterns: list[URLPattern | URLResolver] = [
    *common,
    path("", home.home, name="home"),
    path("api/v1/openapi.json", document(api)),
    path("api/v1/", api.urls),
    path("", include("tenants.identity.urls")),
    *(path("", include(module.urls)) for module in modules() if module.urls),
    path("hooks/", include([path("", include(m.hook_urls)) for m in modules() if m.hook_urls])),
    # Last: its first segment is any record type.
    path("", include("tenants.records.urls")),
]
__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
