"""The roles every company starts with. Companies may change all but the owner's."""

from typing import Final

OWNER: Final = "owner"
VIEW, CREATE, EDIT, DELETE, EXPORT = "view", "create", "edit", "delete", "export"
REVEAL = "reveal"
"""Reading confidential fields; of the roles at the start only owners and admins, who may everything."""
WORK = [VIEW, CREATE, EDIT]
SETTINGS: Final = "settings"
"""The subject of the company's settings: people, keys, company."""

DEFAULT_ROLES: Final[dict[str, tuple[str, dict[str, list[str]]]]] = {
    OWNER: ("Owner", {"*": ["*"]}),
    "admin": ("Admin", {"*": ["*"]}),
    "manager": ("Manager", {"*": [*WORK, DELETE, EXPORT], SETTINGS: []}),
    "sales-rep": ("Sales rep", {"*": WORK, SETTINGS: []}),
    "support": ("Support", {"*": [VIEW], "tasks": WORK, "notes": WORK, "contacts": WORK, SETTINGS: []}),
    "read-only": ("Read-only", {"*": [VIEW], SETTINGS: []}),
}
