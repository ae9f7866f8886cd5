"""SCIM, on the company's face."""

from django.urls import path

from tenants.identity.scim import pages

urlpatterns = [
    path("Users", pages.users),
    path("Users/<uuid:user_id>", pages.user),
    path("Groups", pages.teams),
    path("Groups/<uuid:team_id>", pages.team),
    path("<str:name>", pages.told),
    path("<path:rest>", pages.nothing),
]
