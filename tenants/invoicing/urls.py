"""Invoices on the company's face. The list, the form and the notes are the house's."""

from django.urls import path

from tenants.invoicing import pages, settings_pages

app_name = "invoicing"
urlpatterns = [
    path("deals/<uuid:deal_id>/invoice/", pages.from_deal, name="from-deal"),
    path("invoices/<uuid:invoice_id>/", pages.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/lines/", pages.save_lines, name="lines"),
    path("invoices/<uuid:invoice_id>/lines/rows/", pages.edit_rows, name="rows"),
    path("invoices/<uuid:invoice_id>/lines/totals/", pages.work_out, name="totals"),
    path("invoices/<uuid:invoice_id>/issuance/", pages.issue, name="issue"),
    path("invoices/<uuid:invoice_id>/payment/", pages.payment, name="payment"),
    path("invoices/<uuid:invoice_id>/voidance/", pages.voidance, name="void"),
    path("invoices/<uuid:invoice_id>/pdf/", pages.pdf, name="pdf"),
    path("settings/invoicing/", settings_pages.profile, name="settings"),
]
