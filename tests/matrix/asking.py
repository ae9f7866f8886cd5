"""One request of the matrix: sent, judged, undone."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import QueryDict
from django.test.client import BOUNDARY, MULTIPART_CONTENT, Client, encode_multipart

from tenants.directory import hosts
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.context import Place
from tests.matrix.needs import LINK, OPEN, Grants
from tests.matrix.people import Asker
from tests.matrix.routes import Route
from tests.matrix.samples import Row, filled
from tests.thorough import IS_THOROUGH

CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>|{(?:\w+:)?(\w+)}")
WRITES = re.compile(r"\s*(?:WITH\b.*?\)\s*)?(INSERT|UPDATE|DELETE|COPY)\b", re.IGNORECASE | re.DOTALL)


@dataclass
class Scene:
    """A face with its things, its people, and the place whose tables must not change."""

    face: str
    place: Place
    things: dict[str, Any]
    people: list[Asker]
    digest: str = ""
    clients: dict[str, Client] = field(default_factory=dict)


@dataclass(frozen=True)
class Got:
    status: int
    was_in: bool
    text: str
    has_changed: bool
    is_nobody: bool
    """The answer for who is not signed in: 401, or the way to the sign-in page."""


def ask(scene: Scene, route: Route, row: Row, asker: Asker, *, is_wanted: bool = True, spoilt: bool = False) -> Got:
    """Everything the request did is undone, in the database and in what processes remember.

    What changed is looked at where somebody who is not wanted asks.
    """
    with context.public():
        hosts.resolve(asker.host)  # known before and after, so that not every request learns of it anew
    with _remembering(), context.public(), transaction.atomic():
        watch = Writes()
        with context.inside(scene.place, actor=robot()), connection.execute_wrapper(made := Writes()):
            url, body = _request(route, row, scene, spoilt=spoilt)
        before = digest(scene.place) if made.has_written and not is_wanted else scene.digest
        client = _client(scene, asker)
        token = context._context.set(None)
        try:
            with connection.execute_wrapper(watch):
                answer = client.generic(route.method, url, **body)
                text = _read(answer)
        finally:
            context._context.reset(token)
        has_changed = watch.has_written and not is_wanted and digest(scene.place) != before
        transaction.set_rollback(True)
    # Who tried how often is in the cache alone; what a key is first seen with is noted by its mark there.
    if made.has_written or (route.method != "GET" and answer.status_code != 403):
        with context.public():
            cache.clear()
    return Got(answer.status_code, _was_in(row, answer), text, has_changed, _is_nobody(answer))


@contextmanager
def _remembering() -> Iterator[None]:
    """Hosts lead afterwards where they led before; other memories may have learned of rows that are no more."""
    hosts_known, companies_known = dict(hosts._kept), dict(hosts._companies)
    yield
    for topic in tuple(_told):
        hosts._forget(topic)
    _told.clear()
    for memory, known in ((hosts._kept, hosts_known), (hosts._companies, companies_known)):
        memory.clear()
        memory.update(known)


_told: set[str] = set()
for _topic in {topic for topic, _forgets in hosts._others}:
    hosts.also_forget(_topic, partial(_told.add, _topic))


def _client(scene: Scene, asker: Asker) -> Client:
    """The same browser again, as it was before its last request."""
    client = scene.clients.setdefault(asker.who.name, asker.client())
    client.cookies.clear()
    if asker.session:
        client.cookies[settings.SESSION_COOKIE_NAME] = asker.session
    return client


def _request(route: Route, row: Row, scene: Scene, *, spoilt: bool) -> tuple[str, dict[str, Any]]:
    given = filled(dict(row.args), scene.things)
    query = QueryDict(mutable=True)
    for name, value in filled(dict(row.query), scene.things).items():
        query.setlist(name, [_spoilt(one) if spoilt and name == row.secret else one for one in _list(value)])

    def step(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        value = str(given[name]) if name in given else _usual(name, route, scene)
        return _spoilt(value) if spoilt and name == row.secret else value

    path = CONVERTER.sub(step, route.path)
    return f"/{path}{'?' if query else ''}{query.urlencode()}", _body(row, scene)


def _usual(name: str, route: Route, scene: Scene) -> str:
    """What a path's own name says: `deal_id` the deal, `record_id` the one of the path's type."""
    if name == "record_id":
        parts = route.path.removeprefix("api/v1/").split("/")
        return str(scene.things[parts[0]])
    return str(scene.things[name.removesuffix("_id")])


def _spoilt(text: str) -> str:
    """The same secret with one letter another."""
    middle = len(text) // 2
    return text[:middle] + ("a" if text[middle] != "a" else "b") + text[middle + 1 :]


def _list(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _body(row: Row, scene: Scene) -> dict[str, Any]:
    headers = {"headers": dict(row.headers)} if row.headers else {}
    if row.json is not None:
        return headers | {"data": json.dumps(filled(row.json, scene.things)), "content_type": "application/json"}
    if row.form is None:
        return headers
    form = encode_multipart(BOUNDARY, filled(row.form, scene.things))
    return headers | {"data": form, "content_type": MULTIPART_CONTENT}


def _read(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return bytes(body).decode(errors="replace")


def _was_in(row: Row, answer: Any) -> bool:
    if answer.status_code >= 400 and answer.status_code not in row.ok:
        return False
    if _leads_to_sign_in(answer):
        return False
    return row.judge(answer) if row.judge else True


def _leads_to_sign_in(answer: Any) -> bool:
    goal = answer.get("Location", "") or answer.get("HX-Redirect", "")
    return answer.status_code in (204, 302, 303) and goal.startswith("/sign-in/?next=")


def _is_nobody(answer: Any) -> bool:
    return answer.status_code == 401 or _leads_to_sign_in(answer)


class Writes:
    """Whether anything was written, seen at the cursor."""

    def __init__(self) -> None:
        self.has_written = False

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, more: Any) -> Any:
        if not self.has_written and WRITES.match(str(sql)):
            self.has_written = True
        return execute(sql, params, many, more)


@contextmanager
def _cursor(place: Place) -> Iterator[Any]:
    with context.inside(place), connection.cursor() as cursor:
        yield cursor


def digest(place: Place) -> str:
    """Of every row of every table of a place, but for what says only that somebody was there."""
    with _cursor(place) as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [place.schema])
        tables = [name for (name,) in cursor.fetchall() if name not in BESIDE]
        parts = [
            f"(SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {name} t)" for name in tables
        ]
        cursor.execute(f"SELECT {' || '.join(parts)}")
        return str(cursor.fetchone()[0])


BESIDE = ("identity_session", "identity_apikey", "identity_signin", "django_migrations")


def who_ask(scene: Scene, route: Route, row: Row) -> list[Asker]:
    """Everybody who may matter there, or those at the edges where every push tries (`infra/test --thorough`: all)."""
    people = everybody(scene, route, row)
    return people if IS_THOROUGH else at_the_edges(route, row, people)


def at_the_edges(route: Route, row: Row, people: list[Asker]) -> list[Asker]:
    """Whoever is nobody here; of people and of keys the strongest, the weakest let in and the strongest refused."""
    found = [one for one in people if one.who.kind not in ("person", "key")]
    for kind in ("person", "key"):
        ranks = sorted((one for one in people if one.who.kind == kind), key=_strength)
        refused = [one for one in ranks if not wanted(route, row, one)]
        let_in = [one for one in ranks if one not in refused]
        found += {one.who.name: one for one in (*let_in[:1], *let_in[-1:], *refused[-1:])}.values()
    return found


def _strength(asker: Asker) -> tuple[int, int]:
    """How much somebody may: by the role, and within it by the scopes of a key."""
    scopes = asker.who.scopes
    return _breadth(asker.who.grants), 1_000 if scopes is None else _breadth(scopes)


def _breadth(grants: Grants) -> int:
    """What is granted on everything counts more than what is granted on one thing."""
    return sum(len(verbs) * (20 if subject == "*" else 1) for subject, verbs in grants.items())


def everybody(scene: Scene, route: Route, row: Row) -> list[Asker]:
    """Of keys one at a page that takes none, and of people one where anybody may."""
    people = scene.people
    if not _takes_keys(route, row):
        people = [
            one for one in people if one.who.kind != "key" or (one.who.scopes is None and one.who.role == "owner")
        ]
    people = [one for one in people if not _is_beside(route, row, one)]
    if row.need in (OPEN, LINK):
        first = next(one for one in people if one.who.kind == "person")
        people = [one for one in people if one.who.kind != "person" or one is first]
    return people


def _is_beside(route: Route, row: Row, asker: Asker) -> bool:
    """A key for one thing with contacts, where they do not matter: the one that may all with them speaks for it."""
    scopes = asker.who.scopes or {}
    is_about = "contacts" in route.path or "contacts" in row.need.words
    return set(scopes) == {"contacts"} and len(scopes["contacts"]) == 1 and not is_about


def _takes_keys(route: Route, row: Row) -> bool:
    return row.programs or route.path.startswith("api/")


def wanted(route: Route, row: Row, asker: Asker) -> bool:
    """Whether the row lets in who asks. A page is for browsers: a key opens it only where the row says so."""
    if asker.who.kind == "key" and not _takes_keys(route, row):
        return False
    return row.need.holds(asker.who)
