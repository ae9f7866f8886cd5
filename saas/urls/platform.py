"""The platform's face: the site, sign-up, the control panel, the style guide."""

from django.conf import settings
from django.urls import include, path

from public_site.control.access import admins_only
from saas.tls import tls_ask
from saas.urls.common import common, handler403, handler404, handler500
from tenants.kernel.ui.styleguide import styleguide

# The style guide is for those who build; a production platform shows it to its admins only.
guide = admins_only(styleguide) if settings.IS_PRODUCTION else styleguide
urlpatterns = [
    *common,
    path("internal/tls-ask", tls_ask),
    path("styleguide/", guide, name="styleguide"),
    path("", include("tenants.identity.urls")),
    path("control/", include("public_site.control.urls")),
    path("", include("public_site.site.urls")),
]
__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
