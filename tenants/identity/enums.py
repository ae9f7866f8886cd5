"""The roles every company starts with. Companies may change all but the owner's."""

from typing import Final

OWNER: Final = "owner"
VIEW, CREATE, EDIT, DELETE, EXPORT = "view", "create", "edit", "delete", "export"
WORK = [VIEW, CREATE, EDIT]

DEFAULT_ROLES: Final[dict[str, tuple[str, dict[str, list[str]]]]] = {
    OWNER: ("Owner", {"*": ["*"]}),
    "admin": ("Admin", {"*": ["*"]}),
    "manager": ("Manager", {"*": [*WORK, DELETE, EXPORT]}),
    "sales-rep": ("Sales rep", {"*": WORK, "settings": []}),
    "support": ("Support", {"*": [VIEW], "tasks": WORK, "notes": WORK, "contacts": WORK}),
    "read-only": ("Read-only", {"*": [VIEW]}),
}
