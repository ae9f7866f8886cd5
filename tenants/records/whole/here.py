"""What the ids of an exported company stand for in this one."""

import zipfile
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import TracebackType
from typing import IO, Any, Self
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage

from tenants.kernel.actors import Actor
from tenants.records.importing.resolving import derived_id, uuid_in
from tenants.records.whole.archive import bytes_in, manifest_in
from tenants.records.whole.manifest import Manifest

MOST_MATCHED = 2_000
MARK = UUID("018f0000-0000-7000-8000-000000000001")


def mark_of_company() -> str:
    """The same in every export of a company, and in no other's."""
    return str(derived_id(MARK))


class Here:
    """An archive at hand, with what is known of its ids. Open while an import or a look ahead runs.

    `matched` holds what was found by other means than its id: the stages a new company has already.
    """

    def __init__(self, key: str, actor: Actor, matched: dict[str, str]) -> None:
        self.actor, self.matched = actor, matched
        self.file = default_storage.open(key, "rb")
        self.archive = zipfile.ZipFile(self.file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.archive.close()
        self.file.close()

    @cached_property
    def manifest(self) -> Manifest:
        return manifest_in(self.archive)

    @cached_property
    def is_home(self) -> bool:
        """Whether the export was made by this very company: ids are its own then."""
        return self.manifest.source == mark_of_company()

    @cached_property
    def people(self) -> Mapping[str, str]:
        """Ids of users there, each with the id of who has the same e-mail address here."""
        known = users_by_email(one["email"] for one in self.manifest.people)
        found = ((one["id"], known.get(one["email"].lower())) for one in self.manifest.people)
        return {there: str(here) for there, here in found if here}

    def learn(self, matched: Mapping[str, str]) -> None:
        for there, here in matched.items():
            if len(self.matched) < MOST_MATCHED:
                self.matched[there] = here

    def id_of(self, given: str) -> str:
        """The id here of what has that id there."""
        if given in self.people:
            return self.people[given]
        return self.matched.get(given) or (given if self.is_home else str(derived_id(UUID(given))))

    def in_json(self, value: Any) -> Any:
        """A value of JSON with every id in it as it is here: filters and layouts name records and people."""
        if isinstance(value, dict):
            return {name: self.in_json(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.in_json(one) for one in value]
        is_id = isinstance(value, str) and len(value) == 36 and uuid_in(value)
        return self.id_of(value) if is_id else value

    def bytes_of(self, file_id: str) -> IO[bytes] | None:
        return bytes_in(self.archive, file_id)


def users_by_email(emails: Iterable[str]) -> dict[str, UUID]:
    wanted = {email.lower() for email in emails}
    users = apps.get_model("identity", "User")._default_manager
    return {str(email).lower(): pk for pk, email in users.values_list("pk", "email") if str(email).lower() in wanted}
