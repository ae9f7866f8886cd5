"""Websockets (T24): a stranger's session, and a page of a stranger's, at the socket of the company. The gate is
asked as a socket that opens asks it; words are followed to the groups they would be sent to."""

from django.conf import settings

from saas.isolation.people import Person
from saas.isolation.scene import Scene
from saas.isolation.tally import LET_IN, SHOWN, Tally
from saas.live.entry import PATH, Guest, Scope, guest_of
from tenants.directory.tenant import url_of
from tenants.kernel import context, live

HAZARD = "T24"


def attack(scene: Scene, tally: Tally) -> None:
    home, stranger = scene.victim, scene.attacker
    if _opened(home):
        tally.proved()
    tries = {
        "session at the other company's host": _opened(stranger.at(home)),
        "session of the company on a stranger's page": _opened(home, origin=url_of(stranger.host)),
        "session of the company at the stranger's host": _opened(home.at(stranger)),
        "nobody's page": _opened(home, origin="null"),
        "a key in place of a session": _opened(home, cookie=home.key),
    }
    for name, found in tries.items():
        tally.tried(HAZARD)
        if found is not None:
            tally.found(name, HAZARD, LET_IN, PATH)
    tally.tried(HAZARD)
    if _group(home, home) == _group(home, stranger):
        tally.found("words to one person of both", HAZARD, SHOWN, PATH)


def _opened(person: Person, *, origin: str = "", cookie: str = "") -> Guest | None:
    headers = {
        "host": person.host, "origin": origin or url_of(person.host),
        "cookie": f"{settings.SESSION_COOKIE_NAME}={cookie or person.session}", "x-forwarded-for": person.address,
    }  # fmt: skip
    scope: Scope = {
        "path": PATH, "client": (person.address, 0),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    with context.outside():
        return guest_of(scope)


def _group(person: Person, at: Person) -> str:
    with context.inside(at.place):
        return live.group_of_user(person.user.pk)
