"""What every record has, whatever its kind."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row
from tenants.records.model_fields import ExternalIdField


class Record(Row):
    """Base of every record: who owns it, who made it, whether it is in the bin.

    `custom` holds the values of the company's own fields by key, as `fields.custom`
    writes them; `tags` holds names of `Tag`s; `external_id` is the record's name in
    another system, unique among the type's records.
    """

    title_field: ClassVar[str] = "name"
    text_fields: ClassVar[tuple[str, ...]] = ("name",)
    """The columns that str() reads."""

    owner = models.ForeignKey(
        "identity.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    created_by = models.ForeignKey(
        "identity.User", models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("created by"), db_index=False,
    )  # fmt: skip
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    external_id = ExternalIdField(_("external id"), null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=60), verbose_name=_("tags"), default=list, blank=True)
    custom = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, self.title_field)) or str(_("Untitled"))


def record_indexes(name: str) -> list[models.Index]:
    """What every busy record type wants: one index for tags and for fields of the company's own."""
    return [
        GinIndex(fields=("tags", "custom"), opclasses=("array_ops", "jsonb_path_ops"), name=f"{name}_open"),
    ]


class Pointer(models.Model):
    """Any record, by its type's name and its id."""

    record_type = models.CharField(max_length=40)
    record_id = models.UUIDField()

    class Meta:
        abstract = True
