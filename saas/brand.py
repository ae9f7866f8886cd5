"""The brand of a host: stylesheet, pictures, manifest, and the reader's theme."""

from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from tenants.directory.tenant import BrandView
from tenants.kernel import context
from tenants.kernel.ui.brand_css import brand_css
from tenants.kernel.ui.icon_svg import letter_icon

THEMES = ("light", "dark", "auto")
YEAR_SECONDS = 365 * 24 * 3600


def _brand(request: HttpRequest) -> BrandView:
    found: BrandView = request.brand  # type: ignore[attr-defined]
    return found


@require_GET
@cache_control(private=True, max_age=YEAR_SECONDS)
def stylesheet(request: HttpRequest) -> HttpResponse:
    """The brand's colours; its URL changes with the brand."""
    return HttpResponse(brand_css(_brand(request).colour), content_type="text/css")


@require_GET
@cache_control(private=True, max_age=YEAR_SECONDS)
def picture(request: HttpRequest, kind: str) -> Any:
    """Logo, icon or login picture; the icon is drawn from the name when none was uploaded."""
    brand = _brand(request)
    name = {"logo": brand.logo, "icon": brand.icon, "login-image": brand.login_image}.get(kind)
    if name is None or (not name and kind != "icon"):
        raise Http404
    if not name:
        return HttpResponse(letter_icon(brand.initial, brand.colour), content_type="image/svg+xml")
    return FileResponse(_open(name), content_type=f"image/{Path(name).suffix.lstrip('.')}")


def _open(name: str) -> Any:
    """Brand pictures lie in public, whoever's face shows them."""
    with context.public():
        try:
            return default_storage.open(name)
        except FileNotFoundError as error:
            raise Http404 from error


@require_GET
@cache_control(private=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest in the brand's name."""
    brand = _brand(request)
    icons = [{"src": brand.icon_url, "sizes": "any", "type": "image/svg+xml" if not brand.icon else "image/png"}]
    return JsonResponse(
        {"name": brand.product_name, "short_name": brand.product_name[:12], "start_url": "/", "display": "standalone",
         "theme_color": brand.colour, "background_color": "#ffffff", "icons": icons},
        content_type="application/manifest+json",
    )  # fmt: skip


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    back = request.headers.get("Referer", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = HttpResponse(status=303, headers={"Location": back})
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR_SECONDS, samesite="Lax")
    return response
