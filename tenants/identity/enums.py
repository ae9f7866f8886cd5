"""The roles every company starts with. Companies may change all but the owner's."""

from typing import Final, NamedTuple

OWNER: Final = "owner"
VIEW, CREATE, EDIT, DELETE, EXPORT = "view", "create", "edit", "delete", "export"
REVEAL = "reveal"
"""Reading confidential fields; of the roles at the start only owners and admins, who may everything."""
WORK = [VIEW, CREATE, EDIT]
SETTINGS: Final = "settings"
"""The subject of the company's settings: people, keys, company."""

VIEWS: Final = "views"
SHARE: Final = "share"
"""The verb of shaping saved views for others."""


class StartingRole(NamedTuple):
    """`reaches` as `Role.reaches` has them: what is not said goes for all."""

    name: str
    grants: dict[str, list[str]]
    reaches: dict[str, dict[str, str]]


DEFAULT_ROLES: Final[dict[str, StartingRole]] = {
    OWNER: StartingRole("Owner", {"*": ["*"]}, {}),
    "admin": StartingRole("Admin", {"*": ["*"]}, {}),
    "manager": StartingRole("Manager", {"*": [*WORK, DELETE, EXPORT], SETTINGS: []}, {}),
    # A rep reads what the company knows, so that nobody calls a customer of a colleague's unawares, and changes
    # what is theirs or their team's. Who is in no team changes what is their own.
    "sales-rep": StartingRole("Sales rep", {"*": WORK, SETTINGS: []}, {"*": {EDIT: "team"}}),
    "support": StartingRole("Support", {"*": [VIEW], "tasks": WORK, "notes": WORK, "contacts": WORK, SETTINGS: []}, {}),
    "read-only": StartingRole("Read-only", {"*": [VIEW], SETTINGS: []}, {}),
}
