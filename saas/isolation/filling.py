"""Paths with the ids of the company that is attacked, and the same paths with ids that nobody has."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from saas.isolation.routes import API, STEP, Route
from saas.isolation.scene import Scene
from tenants.kernel.errors import NotFound
from tenants.records.registry import RecordType, record_types, type_named

TYPES_A_ROUTE = 2
"""A page of any record type is tried with so many of them, others every night; the API names each type's by itself."""
SAID = {
    "export": "job", "import": "job", "bulk": "job", "view": "savedview", "key": "apikey", "token": "apikey",
    "client": "oauthclient", "app": "oauthclient", "access": "oauthaccess", "field": "customfield", "person": "user",
    "member": "user", "customer": "account", "channel": "identityprovider", "provider": "identityprovider",
}  # fmt: skip
"""What a path calls something whose model is called otherwise."""
TEXTS = {"kind": "logo", "slug": "x", "token": "x" * 24}


@dataclass(frozen=True)
class Asked:
    """A path with the victim's ids, and its shadow with ids that nobody has."""

    path: str
    shadow: str
    place: str
    """The path as the house writes it, for findings: no id stands in it."""


def filled(route: Route, scene: Scene) -> Iterator[Asked]:
    """Nothing for a route that takes no id, or only ids of things the victim has none of."""
    for record_type in _types(route, scene):
        found = _filled(route, scene, record_type)
        if found:
            yield found


def _types(route: Route, scene: Scene) -> list[RecordType | None]:
    if "record_type" in route.steps:
        converter = route.converters.get("record_type")
        known = [one for one in record_types() if _takes(converter, one) and _ids_of_type(one, scene)]
        return list(scene.dice.sample(known, min(TYPES_A_ROUTE, len(known))))
    parts = route.path.removeprefix(API).split("/")
    try:
        return [type_named(parts[0])]
    except NotFound:
        return [None]


def _takes(converter: object, record_type: RecordType) -> bool:
    if converter is None:
        return True
    try:
        converter.to_python(record_type.name)  # type: ignore[attr-defined]
    except ValueError:
        return False
    return True


def _filled(route: Route, scene: Scene, record_type: RecordType | None) -> Asked | None:
    true: dict[str, str] = {}
    shadow: dict[str, str] = {}
    for step in route.steps:
        if step == "record_type" and record_type:
            true[step] = shadow[step] = record_type.name
        elif _is_id(step):
            one = _id_for(step, scene, record_type)
            if not one:
                return None
            true[step], shadow[step] = one, str(uuid4())
        else:
            true[step] = shadow[step] = _text(step, scene, record_type)
    if true == shadow:
        return None
    return Asked(_put(route.path, true), _put(route.path, shadow), f"/{route.path}")


def _put(path: str, values: dict[str, str]) -> str:
    return "/" + STEP.sub(lambda match: values[match[1] or match[2]], path)


def _is_id(step: str) -> bool:
    return step.endswith("_id") and step != "external_id"


def _id_for(step: str, scene: Scene, record_type: RecordType | None) -> str:
    """The canary's own if it has one, else the newest of the victim's; of what is called otherwise, any record's."""
    name = step.removesuffix("_id")
    if name == "record" and record_type:
        return next(iter(_ids_of_type(record_type, scene)), "")
    model = SAID.get(name, name.replace("_", ""))
    found = scene.canary.ids.get(model)
    if found is None:
        found = next((ids for one, ids in scene.canary.ids.items() if one.endswith(model) and ids), None)
    if found is None:
        found = [str(one.pk) for one in scene.canary.records.values()]
    return next(iter(found), "")


def _ids_of_type(record_type: RecordType, scene: Scene) -> list[str]:
    return scene.canary.ids.get(record_type.model._meta.model_name or "", [])


def _text(step: str, scene: Scene, record_type: RecordType | None) -> str:
    if step == "external_id":
        return scene.canary.bait
    if step == "name" and record_type:
        return record_type.title
    return TEXTS.get(step, "x")
