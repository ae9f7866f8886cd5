from django.urls import path

from tenants.records.search import pages

urlpatterns = [
    path("search/", pages.results, name="search"),
    path("search/palette/", pages.palette, name="search-palette"),
    path("search/notes/", pages.note, name="search-note"),
    path("search/recent/forgotten/", pages.forget, name="search-forget"),
    path("settings/search/", pages.figures_page, name="search-figures"),
]
