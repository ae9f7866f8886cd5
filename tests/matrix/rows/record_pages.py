"""The pages that every record type has, asked for a few of them."""

import json
from dataclasses import replace
from typing import Any

from django.utils.timezone import now

from tests.matrix.needs import MAKER, PERSON, deletes, edits, grant, makes, views
from tests.matrix.rows.access import pages_of
from tests.matrix.rows.record_types import merges
from tests.matrix.samples import Row, Things, row, the, upload
from tests.matrix.scene import new

TYPES = ("contacts", "deals")
TEXT = {"contacts": "city", "deals": "name"}
MOVED: dict[str, Any] = {
    "contacts": {"by": "source", "column": "referral"},
    "deals": {"by": "stage", "column": the.stage_first},
}


def _now(things: Things) -> str:
    return now().isoformat()


def rows(name: str) -> list[Row]:
    found = [*_reading(name), *_writing(name), *_views(name), *pages_of(name)]
    return [replace(one, name=f"{one.name} {name}") for one in found]


def _reading(name: str) -> list[Row]:
    field = TEXT[name]
    tree = {"all": [{"field": field, "op": "is", "value": "Pune"}]}
    plain = ("list", "total", "figures", "board", "calendar", "filter", "filter-builder", "shape", "options",
             "record", "record-about", "record-beside", "record-brief", "preview", "timeline")  # fmt: skip
    return [
        *(row(f"GET records:{one}", views(name)) for one in plain),
        row("GET records:past", views(name)),
        row("GET records:past-choose", views(name)),
        row("GET records:map", views(name), ok=(404,) if name == "deals" else ()),
        row("GET records:group", views(name), query={"group": "owner", "value": ""}),
        row("GET records:more-cards", views(name), query={"by": MOVED[name]["by"], "column": MOVED[name]["column"]}),
        row("GET records:filter-inputs", views(name), query={"field": field, "op": "is"}),
        row("GET records:filter-choices", views(name), query={"field": "owner"}),
        row("POST records:filter", views(name), form={"field": field, "op": "is", "value": "Pune"}),
        row(
            "POST records:filter-builder",
            views(name),
            form={"tree": json.dumps(tree)},
        ),
        row("POST records:filter-by-cell", views(name), name="owner"),
        row("GET records:field-options", views(name), name="owner"),
        row("POST records:record-layout", views(name), form={"tab": "notes"}),
        row("GET records:files", views(name) & views("files")),
        row("GET records:followers", views(name)),
        row("POST records:followers", views(name)),
        row("DELETE records:followers", views(name)),
        row("GET records:timeline-export", grant("view export", name)),
    ]


def _writing(name: str) -> list[Row]:
    pair, title = {"ids": the[f"{name}_pair"]}, TEXT[name]
    idle, binned = the[f"{name}_idle"], the[f"{name}_binned"]
    changed: Any = lambda things: new(name, dict(things), 5)  # noqa: E731
    changing = {"record_id": idle}
    return [
        row("GET records:create", makes(name)),
        row("POST records:create", makes(name), form=changed),
        row("POST records:options", makes(name), form={"name": "Asha Rao"}),
        row("GET records:edit", edits(name), **changing),
        row("POST records:edit", edits(name), **changing, form=changed),
        row("GET records:quick", edits(name), **changing),
        row("POST records:quick", edits(name), **changing, form=changed),
        row("GET records:field", edits(name), **changing, name=title),
        row("POST records:field", edits(name), **changing, name=title, form={title: "Goa"}),
        row("GET records:move", edits(name), **changing, query={"by": MOVED[name]["by"]}),
        row("POST records:move", edits(name), **changing, form=MOVED[name]),
        row("POST records:reschedule", edits(name), **changing, form={"day": "2026-12-01"}),
        row("GET records:bulk", edits(name), name="edit", query={"ids": idle}),
        row("POST records:bulk", edits(name), name="assign", query={"ids": idle}, form={"owner": the.owner}),
        row("GET records:merge", merges(name), query=pair),
        row("POST records:merge", merges(name), query=pair, form={"keep": lambda things: things[f"{name}_pair"][0]}),
        row("GET records:bulk-merge", merges(name), query=pair),
        row("GET records:merge-with", merges(name)),
        row("POST records:past-restore", edits(name), **changing, form={"at": _now, "all": "1"}),
        row("POST records:drop", deletes(name), **changing),
        row("POST records:delete", deletes(name), **changing),
        row("POST records:restore", deletes(name), record_id=binned),
        row("POST records:notes", views(name) & makes("notes"), form={"body": "<p>Hi</p>"}),
        row("POST records:files", views(name) & makes("files"), form={"file": upload("a.txt", b"text")}),
        row("POST records:loose-files", views(name) & makes("files"), form={"file": upload("a.txt", b"text")}),
    ]


def _views(name: str) -> list[Row]:
    """A person's own way to look at a type: for whoever sees it; a view of one's own for nobody else."""
    own, looked = {"view_id": the[f"{name}_view"]}, PERSON & views(name)
    column = TEXT[name]
    return [
        row("POST records:shape", looked, form={"columns": column}),
        row("POST records:widths", looked, form={"name": column, "width": "200"}),
        row("POST records:liked-layout", looked, form={"layout": "list"}),
        row("GET records:views", looked),
        row("GET records:view-new", looked),
        row("POST records:view-new", looked, form={"name": "Another", "audience": "private"}),
        row("POST records:views-order", looked, form={"ids": own["view_id"]}),
        row("GET records:view", MAKER & looked, **own),
        row("POST records:view", MAKER & looked, **own, form={"name": "Other", "audience": "private"}),
        row("POST records:view-save", MAKER & looked, **own),
        row("POST records:view-pin", MAKER & looked, **own),
        row("POST records:view-begin", MAKER & looked, **own),
        row("POST records:view-delete", MAKER & looked, **own),
        row("POST records:view-restore", MAKER & looked, view_id=_deleted(name)),
    ]


def _deleted(name: str) -> Any:
    """A view that its owner has just deleted."""

    def view_id(things: Things) -> str:
        from tenants.identity.models import User
        from tenants.records.models import SavedView
        from tenants.records.views.actions import delete_view

        view = SavedView.objects.get(pk=things[f"{name}_view"])
        owner = User.objects.select_related("role").get(pk=things["owner"])
        delete_view(view=view, by=owner.actor)
        return str(things[f"{name}_view"])

    return view_id
