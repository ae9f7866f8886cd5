"""Webhooks out and in, in the company's settings."""

from django.urls import path

from tenants.webhooks import log_pages, pages
from tenants.webhooks.inbound import pages as inbound

app_name = "webhooks"
urlpatterns = [
    path("settings/webhooks/", pages.listing, name="list"),
    path("settings/webhooks/new/", pages.create, name="new"),
    path("settings/webhooks/log/", log_pages.listing, name="log"),
    path("settings/webhooks/log/<uuid:delivery_id>/", log_pages.delivery, name="delivery"),
    path("settings/webhooks/log/<uuid:delivery_id>/resend/", log_pages.resend, name="resend"),
    path("settings/webhooks/<uuid:endpoint_id>/", pages.detail, name="endpoint"),
    path("settings/webhooks/<uuid:endpoint_id>/edit/", pages.edit, name="edit"),
    path("settings/webhooks/<uuid:endpoint_id>/filter/", pages.edit_filter, name="filter"),
    path("settings/webhooks/<uuid:endpoint_id>/test/", pages.try_out, name="test"),
    path("settings/webhooks/<uuid:endpoint_id>/secret/", pages.rotate, name="secret"),
    path("settings/webhooks/<uuid:endpoint_id>/pause/", pages.pause, name="pause"),
    path("settings/webhooks/<uuid:endpoint_id>/resumption/", pages.resume, name="resume"),
    path("settings/webhooks/<uuid:endpoint_id>/delete/", pages.delete, name="delete"),
    path("settings/webhooks/<uuid:endpoint_id>/failed/", log_pages.resend_failed, name="resend-failed"),
    path("settings/inbound-hooks/", inbound.listing, name="inbounds"),
    path("settings/inbound-hooks/new/", inbound.create, name="inbound-new"),
    path("settings/inbound-hooks/<uuid:hook_id>/", inbound.detail, name="inbound"),
    path("settings/inbound-hooks/<uuid:hook_id>/edit/", inbound.edit, name="inbound-edit"),
    path("settings/inbound-hooks/<uuid:hook_id>/address/", inbound.rotate, name="inbound-address"),
    path("settings/inbound-hooks/<uuid:hook_id>/delete/", inbound.delete, name="inbound-delete"),
]
