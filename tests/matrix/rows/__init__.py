"""One row for each route of each face, by room. A new route without a row fails `test_every_route_has_a_row`."""

from tests.matrix.rows import (
    access,
    agency,
    automation,
    automation_pages,
    crm,
    doors,
    events,
    identity,
    invoicing,
    notifications,
    platform,
    record_pages,
    record_types,
    records,
    voice,
    webhooks,
)  # fmt: skip
from tests.matrix.samples import Row

ROWS: dict[str, dict[str, list[Row]]] = {
    "company": {
        "doors": doors.rows("company"),
        "identity": identity.ROWS,
        "identity pages": identity.PAGES,
        "directories": identity.DIRECTORIES,
        "access": access.ROWS,
        "access pages": [*access.PAGES, *access.OAUTH],
        "records": records.ROWS,
        "records pages": records.PAGES,
        "events": [*events.ROWS, *events.PAGES],
        "automation pages": automation_pages.PAGES,
        "automation": [*automation.ROWS, *automation.PAGES],
        "crm": crm.ROWS,
        "crm pages": crm.PAGES,
        "invoicing": [*invoicing.ROWS, *invoicing.PAGES],
        "notifications": notifications.ROWS,
        "notifications pages": notifications.PAGES,
        "voice": [*voice.ROWS, *voice.PAGES],
        "webhooks": [*webhooks.ROWS, *webhooks.PAGES],
        **{f"api of {name}": [*record_types.rows(name), *access.api_of(name)] for name in record_types.TYPES},
        **{f"pages of {name}": record_pages.rows(name) for name in record_pages.TYPES},
    },
    "agency": {"doors": doors.rows("agency"), "portal": agency.ROWS},
    "platform": {"doors": doors.rows("platform"), "control": platform.CONTROL, "site": platform.SITE},
}
"""Face, then group: a group is one test."""
