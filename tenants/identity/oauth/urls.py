"""OAuth 2, on the company's face."""

from django.urls import path

from tenants.identity.oauth import pages, profile_pages, settings_pages

urlpatterns = [
    path(".well-known/oauth-authorization-server", pages.about, name="oauth-about"),
    path("oauth/authorize", pages.authorize, name="oauth-authorize"),
    path("oauth/token", pages.token, name="oauth-token"),
    path("oauth/revoke", pages.revoke, name="oauth-revoke"),
    path("oauth/introspect", pages.introspect, name="oauth-introspect"),
    path("settings/apps/", settings_pages.listing, name="apps"),
    path("settings/apps/new/", settings_pages.create, name="app-new"),
    path("settings/apps/<uuid:client_id>/", settings_pages.detail, name="app"),
    path("settings/apps/<uuid:client_id>/edit/", settings_pages.edit, name="app-edit"),
    path("settings/apps/<uuid:client_id>/secret/", settings_pages.secret, name="app-secret"),
    path("settings/apps/<uuid:client_id>/delete/", settings_pages.delete, name="app-delete"),
    path("settings/apps/<uuid:client_id>/people/<uuid:user_id>/end/", settings_pages.cut_off, name="app-cut-off"),
    path("settings/profile/access/", profile_pages.overview, name="my-access"),
    path("settings/profile/access/tokens/new/", profile_pages.new_token, name="my-token-new"),
    path("settings/profile/access/tokens/<uuid:token_id>/end/", profile_pages.revoke_token, name="my-token-end"),
    path("settings/profile/access/apps/<uuid:client_id>/end/", profile_pages.disconnect, name="my-app-end"),
]
