"""Where backups lie: a folder or a bucket. Bytes go in and out in a stream."""

from collections.abc import Iterator
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import DomainError


class StoreFailed(DomainError):
    """The disk or the bucket refused, or could not be reached."""

    code = "backup_store_failed"
    status = 502
    title = _("The place where backups are kept did not answer as expected")


class Writer(Protocol):
    """One object under way: nobody sees it before `finish`."""

    def write(self, data: bytes) -> None: ...

    def finish(self) -> None: ...

    def give_up(self) -> None:
        """Leave nothing behind."""
        ...


class Store(Protocol):
    """Keys look like paths. All raise StoreFailed."""

    name: str

    def writer(self, key: str) -> Writer: ...

    def chunks(self, key: str) -> Iterator[bytes]: ...

    def size(self, key: str) -> int: ...

    def delete(self, key: str) -> None:
        """What is not there is no fault; parts of one that was never finished go too."""
        ...
