"""The kinds of jobs, by name. Each module or room of the kernel registers its own."""

from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.utils.translation import gettext_lazy as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound

if TYPE_CHECKING:
    from tenants.records.jobs.running import Run

T = TypeVar("T", bound="type[JobKind]")
_kinds: dict[str, "JobKind"] = {}


class JobKind:
    """What a kind of job does. Subclass, decorate with `job_kind`, import from the app's `ready`.

    `run` works in pieces: each piece is one transaction that ends with `run.advance`,
    which also notes the `place` where a successor goes on if the worker dies.
    """

    name: ClassVar[str]
    template: ClassVar[str] = "jobs/_result.html"
    """Shown on the job's page, below the figures."""
    can_undo: ClassVar[bool] = False

    def run(self, run: "Run") -> None:
        raise NotImplementedError

    def undo(self, run: "Run") -> None:
        """Take back what `run.job.undo_of` did."""
        raise NotImplementedError

    def may_see(self, actor: Actor) -> bool:
        return True


def job_kind(cls: T) -> T:
    if cls.name in _kinds:
        raise ValueError(f"Two kinds of job are called {cls.name}")
    _kinds[cls.name] = cls()
    return cls


def kind_named(name: str) -> JobKind:
    found = _kinds.get(name)
    if not found:
        raise NotFound(_("There is no such kind of job."))
    return found
