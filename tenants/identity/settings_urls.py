"""The company's settings, on its own face."""

from django.urls import include, path

from tenants.identity import settings_pages as pages
from tenants.identity import team_pages
from tenants.identity.auditing import pages as audit_pages
from tenants.identity.mfa import profile_pages as mfa_pages
from tenants.identity.revealing import pages as reveal_pages
from tenants.identity.scim import settings_pages as scim_pages
from tenants.identity.signin import pages as signin_pages
from tenants.identity.sso import settings_pages as sso_pages
from tenants.identity.support import pages as support_pages
from tenants.records import converters

assert converters  # registers <record_type:…>

urlpatterns = [
    path("<record_type:record_type>/<uuid:record_id>/reveal/<str:name>/", reveal_pages.reveal, name="reveal"),
    path("scim/v2/", include("tenants.identity.scim.urls")),
    path("settings/", pages.start, name="settings"),
    path("settings/people/", pages.people, name="people"),
    path("settings/people/invite/", pages.invite, name="people-invite"),
    path("settings/people/<uuid:user_id>/role/", pages.role, name="people-role"),
    path("settings/people/<uuid:user_id>/invitation/", pages.invitation, name="people-invitation"),
    path("settings/people/<uuid:user_id>/deactivation/", pages.deactivation, name="people-deactivation"),
    path("settings/people/<uuid:user_id>/activation/", pages.activation, name="people-activation"),
    path("settings/people/<uuid:user_id>/sessions/", signin_pages.sessions_of, name="people-sessions"),
    path("settings/people/<uuid:user_id>/sessions/end/", signin_pages.end_sessions_of, name="people-sessions-end"),
    path("settings/people/<uuid:user_id>/second-factor/removal/", mfa_pages.reset_for, name="people-second-factor"),
    path("settings/sign-in/", signin_pages.policy, name="sign-in-policy"),
    path("settings/sign-in/history/", signin_pages.history, name="sign-in-history"),
    path("settings/sign-in/directories/", scim_pages.clients, name="scim-clients"),
    path("settings/sign-in/directories/new/", scim_pages.create, name="scim-new"),
    path("settings/sign-in/directories/<uuid:client_id>/revoke/", scim_pages.revoke, name="scim-revoke"),
    path("settings/sign-in/sso/", sso_pages.overview, name="sso-settings"),
    path("settings/sign-in/sso/only/", sso_pages.only, name="sso-only"),
    path("settings/sign-in/sso/new/<str:kind>/", sso_pages.create, name="sso-new"),
    path("settings/sign-in/sso/<uuid:connection_id>/", sso_pages.edit, name="sso-edit"),
    path("settings/sign-in/sso/<uuid:connection_id>/switch/", sso_pages.switch, name="sso-switch"),
    path("settings/sign-in/sso/<uuid:connection_id>/delete/", sso_pages.delete, name="sso-delete"),
    path("settings/sign-in/domains/new/", sso_pages.new_domain, name="mail-domain-new"),
    path("settings/sign-in/domains/<uuid:domain_id>/check/", sso_pages.check_domain, name="mail-domain-check"),
    path("settings/sign-in/domains/<uuid:domain_id>/delete/", sso_pages.drop_domain, name="mail-domain-delete"),
    path("settings/teams/", team_pages.teams, name="teams"),
    path("settings/teams/new/", team_pages.create, name="team-create"),
    path("settings/teams/<uuid:team_id>/", team_pages.edit, name="team-edit"),
    path("settings/teams/<uuid:team_id>/delete/", team_pages.delete, name="team-delete"),
    path("settings/keys/", pages.keys, name="keys"),
    path("settings/keys/new/", pages.new_key, name="keys-new"),
    path("settings/keys/<uuid:key_id>/revocation/", pages.revocation, name="keys-revocation"),
    path("settings/support/", support_pages.overview, name="support"),
    path("settings/support/access/", support_pages.access, name="support-access"),
    path("settings/support/<uuid:visit_id>/answer/", support_pages.answer, name="support-answer"),
    path("settings/support/<uuid:visit_id>/end/", support_pages.end, name="support-end"),
    path("support/enter/", support_pages.enter, name="support-enter"),
    path("support/leave/", support_pages.leave, name="support-leave"),
    path("settings/audit/", audit_pages.listing, name="audit"),
    path("settings/audit/verification/", audit_pages.verification, name="audit-verification"),
    path("settings/audit/export.<str:file_format>", audit_pages.export, name="audit-export"),
    path("settings/company/", pages.company, name="company-settings"),
]
