"""Own fields, tags and shared views, as a sandbox gives them back."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tenants.kernel.actors import Actor
from tenants.records.custom.actions import (
    create_custom_field,
    retire_custom_field,
    revive_custom_field,
    update_custom_field,
)
from tenants.records.deploying import base as base  # registers itself
from tenants.records.deploying import job as job
from tenants.records.deploying.parts import Part, Values, deployed
from tenants.records.enums import ViewAudience
from tenants.records.models import CustomField, SavedView, Tag
from tenants.records.registry import type_named
from tenants.records.tagging.actions import create_tag, delete_tag, update_tag
from tenants.records.views.actions import SHAPE, create_view, delete_view, update_view

FIELD = ("label", "help_text", "options", "is_required", "is_indexed")
VIEW = ("name", "icon", *SHAPE, "is_default", "position")


@deployed
class OwnFields(Part):
    """Never removed: a field that is put away keeps its values, and is a change like others."""

    name, label, order = "own_fields", _("Own fields"), 10
    can_remove = False

    def rows(self) -> Iterable[CustomField]:
        return CustomField.objects.order_by("record_type", "position", "id")

    def told(self, row: CustomField) -> Values:
        values = {name: getattr(row, name) for name in ("record_type", "key", "kind", *FIELD)}
        return values | {"is_put_away": bool(row.retired_at)}

    def title(self, values: Values) -> str:
        return f"{values['label']} ({type_named(values['record_type']).label})"

    def called(self, values: Values) -> Any:
        return values["record_type"], values["key"]

    def create(self, values: Values, by: Actor) -> CustomField:
        given = {name: values[name] for name in ("key", "kind", *FIELD)}
        made = create_custom_field(record_type=type_named(values["record_type"]), by=by, **given)
        return self.update(made, {"is_put_away": True}, by) if values["is_put_away"] else made

    def update(self, row: CustomField, values: Values, by: Actor) -> CustomField:
        changed = {name: value for name, value in values.items() if name in FIELD}
        if changed:
            update_custom_field(field=row, by=by, **changed)
        if "is_put_away" in values:
            (retire_custom_field if values["is_put_away"] else revive_custom_field)(field=row, by=by)
        return row

    def remove(self, row: CustomField, by: Actor) -> None:
        """Undoing: out of sight, as far as a field goes."""
        retire_custom_field(field=row, by=by)


@deployed
class Tags(Part):
    name, label, order = "tags", _("Tags"), 20
    warns = _("Records that carry it lose it.")

    def rows(self) -> Iterable[Tag]:
        return Tag.objects.all()

    def told(self, row: Tag) -> Values:
        return {"name": row.name, "tone": row.tone}

    def create(self, values: Values, by: Actor) -> Tag:
        return create_tag(name=values["name"], tone=values["tone"], by=by)

    def update(self, row: Tag, values: Values, by: Actor) -> Tag:
        return update_tag(tag=row, by=by, **values)

    def remove(self, row: Tag, by: Actor) -> None:
        delete_tag(tag=row, by=by)


@deployed
class Views(Part):
    """Those for everybody; a person's own stay where they are."""

    name, label, order = "views", _("Views for everybody"), 70
    inside: ClassVar[tuple[str, ...]] = ("filter", "settings")

    def rows(self) -> Iterable[SavedView]:
        return SavedView.objects.filter(audience=ViewAudience.PUBLIC)

    def told(self, row: SavedView) -> Values:
        return {name: getattr(row, name) for name in ("record_type", *VIEW)}

    def called(self, values: Values) -> Any:
        return values["record_type"], values["name"].casefold()

    def create(self, values: Values, by: Actor) -> SavedView:
        given = {name: values[name] for name in VIEW} | {"audience": ViewAudience.PUBLIC.value}
        return create_view(record_type=type_named(values["record_type"]), values=given, by=by)

    def update(self, row: SavedView, values: Values, by: Actor) -> SavedView:
        return update_view(view=row, values={n: v for n, v in values.items() if n in VIEW}, by=by)

    def remove(self, row: SavedView, by: Actor) -> None:
        delete_view(view=row, by=by)
