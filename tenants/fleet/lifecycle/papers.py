"""The certificate of erasure on paper. Apart from the rest: what draws it takes long to load."""

from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from tenants.directory.tenant import BrandView
from tenants.fleet.models import Certificate


class OnlyInline(URLFetcher):  # type: ignore[misc]
    """The document carries all it shows."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)


def as_pdf(certificate: Certificate, brand: BrandView) -> bytes:
    """For people, in the brand of whoever hands it out. The JSON is what can be checked by a program."""
    values = {
        "told": certificate.document, "at": parse_datetime(certificate.document["erased_at"]),
        "signature": certificate.signature, "brand": brand,
    }  # fmt: skip
    html = render_to_string("control/certificate_pdf.html", values)
    return bytes(HTML(string=html, base_url=None, url_fetcher=OnlyInline()).write_pdf(pdf_tags=True))
