"""What every face serves: its brand and the handlers of errors."""

from django.urls import path

from saas import brand

common = [
    path("brand.css", brand.stylesheet, name="brand_css"),
    path("brand/<slug:kind>", brand.picture, name="brand_picture"),
    path("manifest.webmanifest", brand.manifest, name="manifest"),
    path("theme/", brand.theme, name="theme"),
]
handler403 = "saas.problems.forbidden"
handler404 = "saas.problems.not_found"
handler500 = "saas.problems.failed"
