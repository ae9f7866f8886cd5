"""Sign-in and the reader's own profile, the same on every face."""

from django.urls import path

from tenants.identity import pages, profile_pages
from tenants.identity.mfa import profile_pages as mfa_pages
from tenants.identity.mfa import sign_in_pages as mfa_sign_in
from tenants.identity.passkeys import pages as passkey_pages
from tenants.identity.signin import link_pages
from tenants.identity.sso import pages as sso_pages
from tenants.identity.sso import saml_pages

urlpatterns = [
    path("sign-in/", pages.sign_in, name="sign-in"),
    path("sign-in/second/", mfa_sign_in.second, name="sign-in-second"),
    path("sign-in/set-up/", mfa_sign_in.set_up, name="sign-in-set-up"),
    path("sign-in/link/", link_pages.ask, name="sign-in-ask-link"),
    path("sign-in/link/<uuid:user_id>/<str:token>/", link_pages.follow, name="sign-in-link"),
    path("sign-in/passkey/begin/", passkey_pages.begin_sign_in, name="sign-in-passkey-begin"),
    path("sign-in/passkey/", passkey_pages.sign_in, name="sign-in-passkey"),
    path("sign-in/passkey/new/begin/", passkey_pages.begin_registration, name="passkey-begin"),
    path("sign-in/passkey/new/", passkey_pages.register, name="passkey-new"),
    path("sign-in/with/<slug:slug>/", sso_pages.begin, name="sso-begin"),
    path("sign-in/with/<slug:slug>/back/", sso_pages.back, name="sso-back"),
    path("sign-in/saml/<slug:slug>/", saml_pages.about, name="saml-about"),
    path("sign-in/saml/<slug:slug>/acs/", saml_pages.acs, name="saml-acs"),
    path("sign-in/saml/<slug:slug>/finish/", saml_pages.finish, name="saml-finish"),
    path("sign-out/", pages.sign_out, name="sign-out"),
    path("forgot-password/", pages.forgot_password, name="forgot-password"),
    path("reset/<uuid:user_id>/<str:token>/", pages.reset, name="reset"),
    path("welcome/<uuid:user_id>/<str:token>/", pages.welcome, name="welcome"),
    path("settings/profile/", profile_pages.profile, name="profile"),
    path("settings/profile/factors/", mfa_pages.factors, name="factors"),
    path("settings/profile/factors/app/", mfa_pages.app, name="factor-app"),
    path("settings/profile/factors/codes/", mfa_pages.recovery, name="recovery-codes"),
    path("settings/profile/factors/<uuid:authenticator_id>/removal/", mfa_pages.removal, name="factor-removal"),
    path("settings/profile/proof/", mfa_pages.proof, name="prove"),
    path("settings/profile/password/", profile_pages.password, name="profile-password"),
    path("settings/profile/sessions/<str:session>/end/", profile_pages.end_session, name="profile-session-end"),
    path("settings/profile/other-sessions/", profile_pages.other_sessions, name="profile-other-sessions"),
]
