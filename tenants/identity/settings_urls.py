"""The company's settings, on its own face."""

from django.urls import include, path

from tenants.identity import settings_pages as pages
from tenants.identity import team_pages
from tenants.identity.auditing import pages as audit_pages
from tenants.identity.handing import pages as handing_pages
from tenants.identity.mfa import profile_pages as mfa_pages
from tenants.identity.revealing import pages as reveal_pages
from tenants.identity.roles import pages as role_pages
from tenants.identity.sandboxes import pages as sandbox_pages
from tenants.identity.scim import settings_pages as scim_pages
from tenants.identity.sharing import pages as sharing_pages
from tenants.identity.signin import pages as signin_pages
from tenants.identity.sso import settings_pages as sso_pages
from tenants.identity.standing import pages as standing_pages
from tenants.identity.support import pages as support_pages
from tenants.identity.switching import pages as switching_pages
from tenants.identity.viewing import pages as viewing_pages
from tenants.records import converters

assert converters  # registers <record_type:…>

urlpatterns = [
    path("<record_type:record_type>/<uuid:record_id>/reveal/<str:name>/", reveal_pages.reveal, name="reveal"),
    path("scim/v2/", include("tenants.identity.scim.urls")),
    path("", include("tenants.identity.oauth.urls")),
    path("settings/", pages.start, name="settings"),
    path("settings/people/", pages.people, name="people"),
    path("settings/people/invite/", pages.invite, name="people-invite"),
    path("settings/people/<uuid:user_id>/role/", pages.role, name="people-role"),
    path("settings/people/<uuid:user_id>/invitation/", pages.invitation, name="people-invitation"),
    path("settings/people/<uuid:user_id>/deactivation/", pages.deactivation, name="people-deactivation"),
    path("settings/people/<uuid:user_id>/activation/", pages.activation, name="people-activation"),
    path("settings/people/<uuid:user_id>/view-as/", viewing_pages.ask, name="view-as"),
    path("switch/", switching_pages.companies, name="switch"),
    path("switch/enter/", switching_pages.enter, name="switch-enter"),
    path("switch/<uuid:company_id>/", switching_pages.switch, name="switch-to"),
    path("view-as/leave/", viewing_pages.leave, name="view-as-leave"),
    path("", include("tenants.identity.explained.urls")),
    path("settings/people/<uuid:user_id>/sessions/", signin_pages.sessions_of, name="people-sessions"),
    path("settings/people/<uuid:user_id>/sessions/end/", signin_pages.end_sessions_of, name="people-sessions-end"),
    path("settings/people/<uuid:user_id>/second-factor/removal/", mfa_pages.reset_for, name="people-second-factor"),
    path("settings/people/<uuid:user_id>/handover/", handing_pages.handover, name="people-handover"),
    path("settings/roles/", role_pages.listing, name="roles"),
    path("settings/roles/new/", role_pages.create, name="role-new"),
    path("settings/roles/matrix/", role_pages.matrix, name="role-matrix"),
    path("settings/roles/<uuid:role_id>/", role_pages.edit, name="role-edit"),
    path("settings/roles/<uuid:role_id>/delete/", role_pages.delete, name="role-delete"),
    path("settings/sharing/", sharing_pages.listing, name="sharing-rules"),
    path("settings/sharing/new/", sharing_pages.create, name="sharing-rule-new"),
    path("settings/sharing/count/", sharing_pages.count, name="sharing-rule-count"),
    path("settings/sharing/<uuid:rule_id>/", sharing_pages.edit, name="sharing-rule-edit"),
    path("settings/sharing/<uuid:rule_id>/switch/", sharing_pages.switch, name="sharing-rule-switch"),
    path("settings/sharing/<uuid:rule_id>/delete/", sharing_pages.delete, name="sharing-rule-delete"),
    path("settings/stand-ins/", standing_pages.listing, name="stand-ins"),
    path("settings/stand-ins/new/", standing_pages.create, name="stand-in-new"),
    path("settings/stand-ins/<uuid:stand_in_id>/end/", standing_pages.end, name="stand-in-end"),
    path("settings/profile/stand-in/", standing_pages.lend, name="stand-in-lend"),
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
    path("settings/sandboxes/", sandbox_pages.overview, name="sandboxes"),
    path("settings/sandboxes/new/", sandbox_pages.create, name="sandbox-new"),
    path("settings/sandboxes/mails/<uuid:mail_id>/", sandbox_pages.mail, name="kept-mail"),
    path("settings/sandboxes/<uuid:sandbox_id>/changes/", sandbox_pages.changes, name="sandbox-changes"),
    path("settings/sandboxes/<uuid:sandbox_id>/refreshment/", sandbox_pages.refresh, name="sandbox-refresh"),
    path("settings/sandboxes/<uuid:sandbox_id>/time/", sandbox_pages.keep, name="sandbox-keep"),
    path("settings/sandboxes/<uuid:sandbox_id>/removal/", sandbox_pages.drop, name="sandbox-drop"),
    path("settings/audit/", audit_pages.listing, name="audit"),
    path("settings/audit/verification/", audit_pages.verification, name="audit-verification"),
    path("settings/audit/export.<str:file_format>", audit_pages.export, name="audit-export"),
    path("settings/company/", pages.company, name="company-settings"),
]
