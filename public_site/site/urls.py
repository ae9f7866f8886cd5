from django.urls import path

from public_site.site import pages

app_name = "site"
urlpatterns = [
    path("", pages.landing, name="landing"),
    path("pricing/", pages.pricing, name="pricing"),
    path("terms/", pages.terms, name="terms"),
    path("privacy/", pages.privacy, name="privacy"),
    path("sign-up/", pages.sign_up, name="sign-up"),
    path("sign-up/slug/", pages.slug, name="slug"),
    path("sign-up/sent/<str:token>/", pages.sent, name="sent"),
    path("sign-up/sent/<str:token>/again/", pages.resend, name="resend"),
    path("sign-up/confirm/<str:token>/", pages.confirm, name="confirm"),
]
