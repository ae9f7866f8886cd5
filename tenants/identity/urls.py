"""Sign-in and the reader's own profile, the same on every face."""

from django.urls import path

from tenants.identity import pages, profile_pages

urlpatterns = [
    path("sign-in/", pages.sign_in, name="sign-in"),
    path("sign-out/", pages.sign_out, name="sign-out"),
    path("forgot-password/", pages.forgot_password, name="forgot-password"),
    path("reset/<uuid:user_id>/<str:token>/", pages.reset, name="reset"),
    path("welcome/<uuid:user_id>/<str:token>/", pages.welcome, name="welcome"),
    path("settings/profile/", profile_pages.profile, name="profile"),
    path("settings/profile/password/", profile_pages.password, name="profile-password"),
    path("settings/profile/other-sessions/", profile_pages.other_sessions, name="profile-other-sessions"),
]
