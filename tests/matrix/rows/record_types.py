"""What every record type's API needs, from one small table by the first word of the operation."""

from typing import Any

from django.utils.timezone import now

from tests.matrix.needs import Need, deletes, edits, grant, makes, views
from tests.matrix.samples import Row, Things, row, the
from tests.matrix.scene import WHAT, new

TYPES = (*WHAT, "calls")
CHANGED: dict[str, Any] = {
    "accounts": {"city": "Goa"},
    "activities": {"subject": "Met again"},
    "calls": {"notes": "Fine."},
    "contacts": {"city": "Goa"},
    "deals": {"name": "Warm room"},
    "invoices": {"notes": "Thank you"},
    "leads": {"company_name": "Led & Co"},
    "pipelines": {"name": "Friends"},
    "stages": {"name": "Tasted"},
    "tasks": {"name": "Call again"},
}
ELSEWHERE = {"calls"}
"""Made by a way of its own: the generic one says 422 to whoever may create."""
UNMERGED = (409, 422)


def merges(name: str) -> Need:
    return grant("view edit delete", name)


def rows(name: str) -> list[Row]:
    values: Any = {} if name in ELSEWHERE else lambda things: new(name, dict(things), 9)
    refusing = (422,) if name in ELSEWHERE else ()
    idle = the[f"{name}_idle"]
    return [
        row(f"list_{name}", views(name)),
        row(f"describe_{name}", views(name)),
        row(f"get_{name}", views(name)),
        row(f"create_{name}", makes(name), json=values, ok=refusing),
        row(f"upsert_{name}", makes(name), external_id="X-1", json=values, ok=refusing),
        row(f"batch_{name}", makes(name), json=_batch(values), judge=_batched),
        row(f"bulk_{name}", deletes(name), json={"action": "delete", "ids": [idle]}),
        row(f"merge_{name}", merges(name), json={"ids": the[f"{name}_pair"]}, ok=UNMERGED),
        row(f"update_{name}", edits(name), record_id=idle, json=CHANGED[name]),
        row(f"delete_{name}", deletes(name), record_id=idle),
        row(f"restore_{name}", deletes(name), record_id=the[f"{name}_binned"]),
        row(f"moments_{name}", views(name)),
        row(f"bring_back_{name}", edits(name), record_id=idle, json=lambda things: {"at": now().isoformat()}),
    ]


def _batch(values: Any) -> Any:
    def body(things: Things) -> Any:
        return {"operations": [{"op": "create", "values": values(things) if callable(values) else values}]}

    return body


def _batched(answer: Any) -> bool:
    """Each line has a status of its own; an invalid one has passed the door."""
    return answer.status_code == 200 and answer.json()["results"][0]["status"] in (201, 422)
