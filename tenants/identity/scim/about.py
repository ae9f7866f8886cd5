"""What a directory asks first: our abilities, our kinds of things and their attributes."""

from typing import Any

from tenants.identity.scim import groups, people

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
CORE = "urn:ietf:params:scim:schemas:core:2.0"


def told(name: str, base_url: str) -> dict[str, Any] | None:
    if name == "ServiceProviderConfig":
        return _abilities(base_url)
    rows = {"ResourceTypes": _kinds(base_url), "Schemas": _schemas()}.get(name)
    if rows is None:
        return None
    return {"schemas": [LIST], "totalResults": len(rows), "startIndex": 1, "itemsPerPage": len(rows), "Resources": rows}


def _abilities(base_url: str) -> dict[str, Any]:
    no = {"supported": False}
    return {
        "schemas": [f"{CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": no | {"maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": 200},
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token of the company.",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base_url}/scim/v2/ServiceProviderConfig"},
    }


def _kinds(base_url: str) -> list[dict[str, Any]]:
    return [
        {
            "schemas": [f"{CORE}:ResourceType"], "id": name, "name": name, "endpoint": f"/{name}s", "schema": schema,
            "meta": {"resourceType": "ResourceType", "location": f"{base_url}/scim/v2/ResourceTypes/{name}"},
        }
        for name, schema in (("User", people.SCHEMA), ("Group", groups.SCHEMA))
    ]  # fmt: skip


def _schemas() -> list[dict[str, Any]]:
    user = ("userName", "externalId", "displayName", "name", "emails", "active", "groups", "roles")
    group = ("displayName", "externalId", "members")
    return [
        {"id": people.SCHEMA, "name": "User", "attributes": [_attribute(name) for name in user]},
        {"id": groups.SCHEMA, "name": "Group", "attributes": [_attribute(name) for name in group]},
    ]


def _attribute(name: str) -> dict[str, Any]:
    kinds = {"name": "complex", "emails": "complex", "groups": "complex", "roles": "complex", "members": "complex"}
    return {
        "name": name,
        "type": kinds.get(name, "boolean" if name == "active" else "string"),
        "multiValued": name in ("emails", "groups", "roles", "members"),
        "required": name in ("userName",),
        "caseExact": False,
        "mutability": "readOnly" if name in ("groups", "roles") else "readWrite",
        "returned": "default",
        "uniqueness": "server" if name == "userName" else "none",
    }
