"""What opens one company's doors opens no other's: session, key, app token, mailed link, file link (T11 to T13,
T22). Tried as they are, and once more with the rows behind them copied into the other company."""

from collections.abc import Iterator
from uuid import UUID

from saas.isolation.browser import Browser
from saas.isolation.people import Person, copy_across
from saas.isolation.scene import Scene
from saas.isolation.tally import LET_IN, Tally
from tenants.identity.errors import LinkInvalid
from tenants.identity.models import User
from tenants.identity.tokens import LIFE_SECONDS, make_token, user_for_token
from tenants.kernel import context
from tenants.records.registry import record_types


def attack(scene: Scene, tally: Tally) -> None:
    _show(scene, tally, scene.attacker, "at the other company's host")
    _prove(scene, tally)
    copy_across(scene.attacker, scene.victim.place)
    _show(scene, tally, scene.attacker, "copied row by row")
    _links(scene, tally)


def _show(scene: Scene, tally: Tally, person: Person, how: str) -> None:
    for hazard, name, browser, path in _tries(person.at(scene.victim), scene):
        got = scene.ask(browser, "GET", path)
        attack, place = f"{name} {how}", f"GET {_named(path)}"
        scene.judge(tally, got, attack=attack, hazard=hazard, place=place, asked=path, is_inside=True)
        if got.reply.is_let_in:
            tally.found(attack, hazard, LET_IN, place, str(got.reply.status))


def _tries(person: Person, scene: Scene) -> Iterator[tuple[str, str, Browser, str]]:
    for path in (*_pages(scene), "/settings/profile/"):
        yield "T13", "session", person.browser, path
    for path in _operations(scene):
        yield "T12", "key", person.program, path
        yield "T12", "app token", person.app, path
    for file_id in scene.canary.ids.get("file", []):
        yield "T22", "file link", person.browser, f"/files/{file_id}/"


def _pages(scene: Scene) -> Iterator[str]:
    for name, record in scene.canary.records.items():
        yield f"/{name}/"
        yield f"/{name}/{record.pk}/"


def _operations(scene: Scene) -> Iterator[str]:
    for one in record_types():
        yield f"/api/v1/{one.name}"
    for name, record in scene.canary.records.items():
        yield f"/api/v1/{name}/{record.pk}"


def _named(path: str) -> str:
    """Without the id."""
    return "/".join("…" if part.count("-") == 4 else part for part in path.split("/"))


def _prove(scene: Scene, tally: Tally) -> None:
    """The victim's own passes open what was just refused."""
    home = scene.victim
    for _hazard, _name, browser, path in _tries(home, scene):
        if scene.ask(browser, "GET", path).reply.is_let_in:
            tally.proved()


def _links(scene: Scene, tally: Tally) -> None:
    """A link mailed at the attacker's, shown where the very same user exists, too."""
    user_id = scene.attacker.user.pk
    for purpose in LIFE_SECONDS:
        with context.inside(scene.attacker.place):
            token = make_token(User.objects.get(pk=user_id), purpose=purpose)
            if _opens(user_id, token, purpose):
                tally.proved()
        tally.tried("T11")
        with context.inside(scene.victim.place):
            if _opens(user_id, token, purpose):
                tally.found("mailed link copied row by row", "T11", LET_IN, purpose)


def _opens(user_id: UUID, token: str, purpose: str) -> bool:
    try:
        user_for_token(user_id, token, purpose=purpose)
    except LinkInvalid:
        return False
    return True
