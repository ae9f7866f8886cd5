from django.urls import path

from tenants.records import converters
from tenants.records.pages import boards, calendars, filters, lists, maps, quick
from tenants.records.views import figures, pages

assert converters  # registers <record_type:…>

TYPE = "<record_type:record_type>"
RECORD = f"{TYPE}/<uuid:record_id>"
VIEW = f"{TYPE}/views/<uuid:view_id>"
urlpatterns = [
    path(f"{TYPE}/total/", lists.total, name="total"),
    path(f"{TYPE}/figures/", figures.figures, name="figures"),
    path(f"{TYPE}/group/", lists.group_rows, name="group"),
    path(f"{TYPE}/board/", boards.board, name="board"),
    path(f"{TYPE}/board/more/", boards.more_cards, name="more-cards"),
    path(f"{TYPE}/calendar/", calendars.calendar, name="calendar"),
    path(f"{TYPE}/map/", maps.world, name="map"),
    path(f"{TYPE}/filter/", filters.filter_form, name="filter"),
    path(f"{TYPE}/filter/inputs/", filters.inputs, name="filter-inputs"),
    path(f"{TYPE}/filter/choices/", filters.choices, name="filter-choices"),
    path(f"{TYPE}/filter/all/", filters.builder, name="filter-builder"),
    path(f"{TYPE}/shape/", pages.options, name="shape"),
    path(f"{TYPE}/shape/widths/", pages.widths, name="widths"),
    path(f"{TYPE}/shape/layout/", pages.layout, name="liked-layout"),
    path(f"{TYPE}/views/", pages.manage, name="views"),
    path(f"{TYPE}/views/new/", pages.save_as, name="view-new"),
    path(f"{TYPE}/views/order/", pages.order, name="views-order"),
    path(f"{VIEW}/", pages.edit, name="view"),
    path(f"{VIEW}/save/", pages.save, name="view-save"),
    path(f"{VIEW}/pin/", pages.pin, name="view-pin"),
    path(f"{VIEW}/begin/", pages.begin_with, name="view-begin"),
    path(f"{VIEW}/delete/", pages.delete, name="view-delete"),
    path(f"{VIEW}/restore/", pages.restore, name="view-restore"),
    path(f"{RECORD}/preview/", lists.preview, name="preview"),
    path(f"{RECORD}/quick/", quick.edit_card, name="quick"),
    path(f"{RECORD}/drop/", quick.drop, name="drop"),
    path(f"{RECORD}/move/", boards.move, name="move"),
    path(f"{RECORD}/day/", calendars.reschedule, name="reschedule"),
    path(f"{RECORD}/filter/<str:name>/", filters.by_cell, name="filter-by-cell"),
]
