"""A report as a file: the signed JSON, and the same on paper in the agency's brand."""

import base64
import json
import mimetypes
from typing import Any

from django.core.files.storage import default_storage
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation

from public_site.isolation.showing import ReportView
from tenants.directory.tenant import BrandView
from tenants.fleet.isolation.queries import signed, signing_keys
from tenants.fleet.models import IsolationReport
from tenants.fleet.signing import ALGORITHM, pem
from tenants.kernel import context
from tenants.kernel.ui.brand_css import light_palette


def json_file(report: IsolationReport) -> HttpResponse:
    text = json.dumps(signed(report), indent=1, ensure_ascii=False)
    return _file(text.encode(), "application/json", f"{ReportView(report).file_name}.json")


def pdf_file(report: IsolationReport, brand: BrandView) -> HttpResponse:
    return _file(_pdf(report, brand), "application/pdf", f"{ReportView(report).file_name}.pdf")


def keys_file() -> JsonResponse:
    """The public halves of all keys, for whoever checks a report without us."""
    return JsonResponse({"keys": known_keys()})


def known_keys() -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.pk),
            "algorithm": ALGORITHM,
            "public": one.public,
            "pem": pem(one.public),
            "since": one.created_at,
        }
        for one in signing_keys()
    ]


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _pdf(report: IsolationReport, brand: BrandView) -> bytes:
    from weasyprint import HTML  # slow to load, and rarely wanted

    from tenants.records.exporting.pdf import Nothing

    values = {
        "view": ReportView(report), "brand": brand, "palette": light_palette(brand.colour), "logo": _logo(brand),
        "language": translation.get_language() or "en", "signature": report.signature, "key_id": str(report.key_id),
    }  # fmt: skip
    html = render_to_string("isolation/pdf.html", values)
    return bytes(HTML(string=html, base_url=None, url_fetcher=Nothing()).write_pdf(pdf_tags=True))


def _logo(brand: BrandView) -> str:
    """As a data: URL, since paper fetches nothing; empty without one."""
    if not brand.logo:
        return ""
    try:
        with context.public(), default_storage.open(brand.logo) as file:
            raw = base64.b64encode(file.read()).decode()
    except FileNotFoundError:
        return ""
    return f"data:{mimetypes.guess_type(brand.logo)[0] or 'image/png'};base64,{raw}"
