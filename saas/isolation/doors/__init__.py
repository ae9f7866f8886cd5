"""The doors of a company, each attacked by itself. A new way in is a new module here and a line in `DOORS`."""

from collections.abc import Callable
from dataclasses import dataclass

from saas.isolation.doors import cache, database, exports, files, hosts, jobs, passes, search, signed, web, websockets
from saas.isolation.scene import Scene
from saas.isolation.tally import Tally


@dataclass(frozen=True)
class Door:
    name: str
    attack: Callable[[Scene, Tally], None]
    needs_proof: bool = True
    """Whether green also takes that the victim's own people saw, by the same question, what the attacker did not."""


DOORS = (
    Door("database", database.attack),
    Door("pages", web.attack_pages),
    Door("api", web.attack_api),
    Door("hosts", hosts.attack),
    Door("passes", passes.attack),
    Door("search", search.attack),
    Door("cache", cache.attack),
    Door("files", files.attack),
    Door("jobs", jobs.attack),
    Door("exports", exports.attack),
    Door("signed", signed.attack),
    Door("websockets", websockets.attack),
)
