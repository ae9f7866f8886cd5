"""Errors in the form that directories expect."""

from typing import Any

from tenants.kernel.errors import DomainError

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimError(DomainError):
    """`kind` is the scimType of RFC 7644, 3.12."""

    code = "scim"

    def __init__(self, detail: str, *, status: int = 400, kind: str = "") -> None:
        super().__init__(detail)
        self.status, self.kind = status, kind


def body_of(error: DomainError) -> dict[str, Any]:
    kind = getattr(error, "kind", "") or ("uniqueness" if error.status == 409 else "")
    if error.status == 422:
        kind = "invalidValue"
    found = {"schemas": [ERROR], "status": str(status_of(error)), "detail": str(error.detail)}
    return found | ({"scimType": kind} if kind else {})


def status_of(error: DomainError) -> int:
    """SCIM knows no 422."""
    return 400 if error.status == 422 else error.status
