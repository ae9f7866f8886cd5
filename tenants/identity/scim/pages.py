"""The doors of SCIM below /scim/v2/: a bearer token, JSON in and out, errors in its own form."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final
from uuid import UUID

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tenants.identity.access import for_programs
from tenants.identity.errors import TooManyTries
from tenants.identity.models import ScimClient
from tenants.identity.scim import about, groups, people
from tenants.identity.scim.clients import actor_of, client_for
from tenants.identity.scim.errors import ScimError, body_of, status_of
from tenants.identity.scim.filters import condition
from tenants.identity.scim.patching import Changes, changes_of, flat, ids_of
from tenants.identity.signin.asked import tenant_of
from tenants.identity.throttle import SIGN_IN_MACHINE, machine_of
from tenants.kernel import context
from tenants.kernel.errors import DomainError

LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
MOST: Final = 200
Act = Callable[..., Any]


def door(*methods: str) -> Callable[[Act], Callable[..., HttpResponse]]:
    """Answers of (status, body); acts in the name of the directory, without a session and without CSRF."""

    def made(act: Act) -> Callable[..., HttpResponse]:
        @for_programs  # a key that is no directory's is refused below, in SCIM's own words
        @csrf_exempt
        @wraps(act)
        def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                client = _client(request)
                if request.method not in methods:
                    raise ScimError("This cannot be done here.", status=405)
                with context.acting(actor_of(client)):
                    status, body = act(request, client, **kwargs)
            except DomainError as error:
                if error.status >= 500:
                    raise
                status, body = status_of(error), body_of(error)
            return _answer(status, body)

        return view

    return made


def _client(request: HttpRequest) -> ScimClient:
    client = client_for(request.headers.get("Authorization", ""))
    if client is None:
        try:
            SIGN_IN_MACHINE.press(machine_of(request))
        except TooManyTries as error:
            raise ScimError(str(error.detail), status=429) from error
        raise ScimError("Send “Authorization: Bearer <token>” with a token of this company.", status=401)
    return client


def _answer(status: int, body: dict[str, Any] | None) -> HttpResponse:
    response = HttpResponse(
        orjson.dumps(body) if body is not None else b"", status=status, content_type="application/scim+json"
    )
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if status == 201 and body:
        response["Location"] = body["meta"]["location"]
    return response


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise ScimError("The body is no JSON.", kind="invalidSyntax") from error
    if not isinstance(found, dict):
        raise ScimError("The body is an object.", kind="invalidSyntax")
    return found


def _listed(
    request: HttpRequest, rows: QuerySet[Any], columns: Mapping[str, str], show: Callable[[Any, str], dict[str, Any]]
) -> dict[str, Any]:
    """A page of what the filter lets through; `startIndex` counts from one."""
    if wanted := request.GET.get("filter", ""):
        rows = rows.filter(condition(wanted, columns))
    start, count = max(1, _number(request, "startIndex", 1)), min(MOST, max(0, _number(request, "count", 100)))
    base_url, total = tenant_of(request).base_url, rows.count()
    shown = [show(one, base_url) for one in rows[start - 1 : start - 1 + count]] if count else []
    left_out = set(request.GET.get("excludedAttributes", "").split(",")) & {"members", "groups"}
    items = [{name: value for name, value in one.items() if name not in left_out} for one in shown]
    return {
        "schemas": [LIST], "totalResults": total, "startIndex": start, "itemsPerPage": len(items), "Resources": items,
    }  # fmt: skip


def _number(request: HttpRequest, name: str, usual: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return usual
    if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit() or len(text) > 9:
        raise ScimError(f"{name} is a number.", kind="invalidValue")
    return int(text)


@door("GET", "POST")
def users(request: HttpRequest, client: ScimClient) -> Any:
    if request.method == "GET":
        return 200, _listed(request, people.people(), people.COLUMNS, people.shown_person)
    made = people.create_person(client, _body(request), context.actor())
    return 201, people.shown_person(made, tenant_of(request).base_url)


@door("GET", "PUT", "PATCH", "DELETE")
def user(request: HttpRequest, client: ScimClient, user_id: UUID) -> Any:
    found, by = people.person_by_id(user_id), context.actor()
    if request.method == "DELETE":
        people.delete_person(found, by)
        return 204, None
    if request.method == "PUT":
        found = people.change_person(found, flat(_body(request)), by)
    elif request.method == "PATCH":
        found = people.change_person(found, changes_of(_body(request)).values, by)
    return 200, people.shown_person(found, tenant_of(request).base_url)


@door("GET", "POST")
def teams(request: HttpRequest, client: ScimClient) -> Any:
    if request.method == "GET":
        return 200, _listed(request, groups.groups(), groups.COLUMNS, groups.shown_group)
    made = groups.create_group(client, _body(request), context.actor())
    return 201, groups.shown_group(made, tenant_of(request).base_url)


@door("GET", "PUT", "PATCH", "DELETE")
def team(request: HttpRequest, client: ScimClient, team_id: UUID) -> Any:
    found, by = groups.group_by_id(team_id), context.actor()
    if request.method == "DELETE":
        groups.delete_group(client, found, by)
        return 204, None
    if request.method == "PUT":
        body = _body(request)
        whole = Changes(flat(body), [("replace", ids_of(body.get("members") or []))])
        found = groups.change_group(client, found, whole, by)
    elif request.method == "PATCH":
        found = groups.change_group(client, found, changes_of(_body(request)), by)
    return 200, groups.shown_group(found, tenant_of(request).base_url)


@door("GET")
def told(request: HttpRequest, client: ScimClient, name: str) -> Any:
    """What we can do, and of which kinds our things are."""
    found = about.told(name, tenant_of(request).base_url)
    if found is None:
        raise ScimError("There is nothing of this name.", status=404)
    return 200, found


@door("GET", "POST", "PUT", "PATCH", "DELETE")
def nothing(request: HttpRequest, client: ScimClient, rest: str = "") -> Any:
    raise ScimError("There is nothing of this name.", status=404)
