"""A list on paper, in the brand."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from tenants.directory.hosts import tenant_now
from tenants.kernel.ui.brand_css import light_palette
from tenants.records.cells import text_of
from tenants.records.exporting.columns import Column
from tenants.records.fields import Relation
from tenants.records.locale import day
from tenants.records.registry import RecordType


class Nothing(URLFetcher):  # type: ignore[misc]
    """Whatever the records hold, nothing is fetched from anywhere."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)


class PdfWriter:
    """Rows as people read them; ids are left out. Held in memory, which is why a PDF has few rows."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], *, record_type: RecordType) -> None:
        self.file, self.record_type = file, record_type
        self.columns = [
            one for one in columns if one.field and not (isinstance(one.field, Relation) and one.name.endswith("_id"))
        ]
        self.columns = [one for one in self.columns if one.name != "external_id"] or self.columns
        self.rows: list[list[str]] = []

    def write(self, records: Iterable[Any]) -> None:
        self.rows += [[text_of(column.field, one) for column in self.columns if column.field] for one in records]

    def close(self) -> None:
        tenant = tenant_now()
        html = render_to_string(
            "exporting/pdf.html",
            {
                "type": self.record_type, "rows": self.rows, "brand": tenant.brand,
                "columns": [(one.label, one.field.is_numeric if one.field else False) for one in self.columns],
                "palette": light_palette(tenant.brand.colour), "language": translation.get_language() or "en",
                "printed_on": day(timezone.localdate()), "company": tenant.company.name if tenant.company else "",
            },
        )  # fmt: skip
        self.file.write(HTML(string=html, base_url=None, url_fetcher=Nothing()).write_pdf(pdf_tags=True))
