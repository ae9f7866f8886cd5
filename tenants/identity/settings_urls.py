"""The company's settings, on its own face."""

from django.urls import path

from tenants.identity import settings_pages as pages
from tenants.identity import team_pages

urlpatterns = [
    path("settings/", pages.start, name="settings"),
    path("settings/people/", pages.people, name="people"),
    path("settings/people/invite/", pages.invite, name="people-invite"),
    path("settings/people/<uuid:user_id>/role/", pages.role, name="people-role"),
    path("settings/people/<uuid:user_id>/invitation/", pages.invitation, name="people-invitation"),
    path("settings/people/<uuid:user_id>/deactivation/", pages.deactivation, name="people-deactivation"),
    path("settings/people/<uuid:user_id>/activation/", pages.activation, name="people-activation"),
    path("settings/teams/", team_pages.teams, name="teams"),
    path("settings/teams/new/", team_pages.create, name="team-create"),
    path("settings/teams/<uuid:team_id>/", team_pages.edit, name="team-edit"),
    path("settings/teams/<uuid:team_id>/delete/", team_pages.delete, name="team-delete"),
    path("settings/keys/", pages.keys, name="keys"),
    path("settings/keys/new/", pages.new_key, name="keys-new"),
    path("settings/keys/<uuid:key_id>/revocation/", pages.revocation, name="keys-revocation"),
    path("settings/company/", pages.company, name="company-settings"),
]
