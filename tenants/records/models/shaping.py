"""How a company shapes its records: fields of its own, tags, views, what each user likes."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row
from tenants.records.enums import ViewAudience


class CustomField(Row):
    """A field that a company gave to a record type. Values stand in `Record.custom` under `key`.

    `options` depends on the kind: {"choices": [{"value", "label", "tone"}]} for selects,
    {"target": "accounts"} for relations, {"places": 2} for numbers.
    """

    record_type = models.CharField(max_length=40)
    key = models.SlugField(_("key"), max_length=40, db_index=False)
    label = models.CharField(_("label"), max_length=80)
    kind = models.CharField(_("kind"), max_length=16)
    options = models.JSONField(default=dict, blank=True)
    help_text = models.CharField(_("help"), max_length=200, blank=True)
    is_required = models.BooleanField(_("required"), default=False)
    is_indexed = models.BooleanField(_("quick to filter and sort"), default=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position", "created_at")
        constraints = [models.UniqueConstraint("record_type", "key", name="custom_field_once")]

    def __str__(self) -> str:
        return self.label


class Tag(Row):
    """A label of the company's vocabulary. Records carry its name."""

    name = models.CharField(_("name"), max_length=60)
    tone = models.CharField(_("colour"), max_length=12, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_name_once")]

    def __str__(self) -> str:
        return self.name


class SavedView(Row):
    """A list as somebody wants to find it again: filter, order, columns, layout, group.

    `columns` are field names; `layout` is list, board, calendar or map, with its own
    settings in `settings` ({"board_by", "calendar_by", "widths", "density"}).
    """

    record_type = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    icon = models.CharField(max_length=40, blank=True)
    audience = models.CharField(max_length=8, choices=ViewAudience, default=ViewAudience.PRIVATE)
    owner = models.ForeignKey("identity.User", models.CASCADE, null=True, related_name="+", db_index=False)
    team = models.ForeignKey("identity.Team", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    filter = models.JSONField(default=dict, blank=True)
    sort = models.CharField(max_length=80, blank=True)
    columns = models.JSONField(default=list, blank=True)
    group = models.CharField(max_length=80, blank=True)
    layout = models.CharField(max_length=12, default="list")
    settings = models.JSONField(default=dict, blank=True)
    is_pinned = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "name")
        constraints = [
            models.UniqueConstraint(
                "record_type", condition=models.Q(is_default=True, audience="public"), name="view_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Preference(Row):
    """What one user likes, by key: columns of a list, the default view, the open tab."""

    user = models.ForeignKey("identity.User", models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint("user", "key", name="preference_once")]

    def __str__(self) -> str:
        return self.key
