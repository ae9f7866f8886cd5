"""A record type as a third party would write it. `test_toy_type` counts these lines."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.records.model_fields import MoneyField
from tenants.records.models import Record, record_indexes
from tenants.records.registry import Board, RecordType, record_type


class Shelf(models.TextChoices):
    SHOP = "shop", _("In the shop")
    STORE = "store", _("In store")


class Toy(Record):
    name = models.CharField(_("name"), max_length=80)
    price = MoneyField(_("price"), default=0)
    shelf = models.CharField(_("shelf"), max_length=8, choices=Shelf, default=Shelf.STORE)
    maker = models.ForeignKey("crm.Account", models.SET_NULL, null=True, blank=True, verbose_name=_("maker"))

    class Meta:
        app_label = "toys"
        verbose_name = _("toy")
        verbose_name_plural = _("toys")
        indexes = record_indexes("toy")


@record_type
class Toys(RecordType):
    model = Toy
    columns = ("name", "maker", "price", "shelf", "owner", "created_at")
    form = ("name", "maker", "price", "shelf")
    search = ("name", "maker.name")
    board = Board(by="shelf", sums="price")
