"""Where the program is: which schema, for whom, in which request.

One immutable object in one context variable. Web requests, tasks, commands and
tests enter it; the database connection reads it at every cursor. Outside it
there is no schema at all, so forgetting it is an error and never a leak.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import NoTenant

PUBLIC_SCHEMA = "public"
EMPTY_SCHEMA = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A schema and the database role that may touch it.

    `role` None works as the login role, which owns the tables: for public and
    for schema changes only. `salt` goes into every key, token and path made here.
    `plan` sets how long statements may take.
    """

    schema: str
    role: str | None = None
    company_id: UUID | None = None
    agency_id: UUID | None = None
    is_sandbox: bool = False
    """A company to try things out in: nothing may leave it for people or machines outside."""
    plan: str = field(default="", compare=False)

    @property
    def salt(self) -> str:
        return str(self.company_id or f"{self.schema}:{self.agency_id or ''}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    place: Place
    actor: Actor = field(default_factory=robot)
    request_id: str = field(default_factory=lambda: uuid4().hex)
    source: str = ""
    """By which door the work came: page, api, job, hook; empty for the house itself."""
    job_id: UUID | None = None
    machine: str = ""
    """The IP address the request came from; empty where there was none."""
    cause: Mapping[str, Any] | None = None
    """What the work follows from, where that was no person: events say it, so that a circle can be seen."""


_context: ContextVar[Context | None] = ContextVar("omniflow_context", default=None)


def current() -> Context:
    """The context, or NoTenant when the code runs outside any."""
    found = _context.get()
    if found is None:
        raise NoTenant
    return found


def current_or_none() -> Context | None:
    return _context.get()


def place() -> Place:
    return current().place


def actor() -> Actor:
    return current().actor


def company_id() -> UUID:
    """The company in whose schema we are; NoTenant in public."""
    found = current().place.company_id
    if found is None:
        raise NoTenant
    return found


def in_sandbox() -> bool:
    """Whether what is done here must stay inside. Ask before anything goes out."""
    found = _context.get()
    return bool(found and found.place.is_sandbox)


@contextmanager
def entered(context: Context) -> Iterator[Context]:
    token = _context.set(context)
    try:
        yield context
    except Exception as error:
        _note(error, context)
        raise
    finally:
        _context.reset(token)


def _note(error: Exception, context: Context) -> None:
    """Whoever logs the error stands outside by then, and should name the place it arose in."""
    if not hasattr(error, "arose_in"):
        with suppress(AttributeError):
            error.arose_in = context  # type: ignore[attr-defined]


def of_error(error: BaseException | None) -> Context | None:
    """Where an error arose; where we are, for one that has not left its place."""
    return getattr(error, "arose_in", None) or current_or_none()


@contextmanager
def inside(
    place: Place, *, actor: Actor | None = None, request_id: str | None = None, source: str = "", machine: str = ""
) -> Iterator[Context]:
    """Work in a schema; actor, request id and the like are kept from around unless given."""
    around = _context.get() or Context(place=place)
    with entered(
        replace(
            around,
            place=place,
            actor=actor or around.actor,
            request_id=request_id or around.request_id,
            source=source or around.source,
            machine=machine or around.machine,
        )
    ) as context:
        yield context


@contextmanager
def public(*, actor: Actor | None = None) -> Iterator[Context]:
    """Work in the public schema, on purpose."""
    around = _context.get()
    agency_id = around.place.agency_id if around else None
    with inside(Place(schema=PUBLIC_SCHEMA, agency_id=agency_id), actor=actor) as context:
        yield context


@contextmanager
def outside() -> Iterator[None]:
    """Nowhere at all, as between two requests: for whoever asks the web application from within the same process."""
    token = _context.set(None)
    try:
        yield
    finally:
        _context.reset(token)


@contextmanager
def working_for(job_id: UUID) -> Iterator[Context]:
    """The same place and actor, in a background job: history tells which."""
    with entered(replace(current(), source="job", job_id=job_id)) as context:
        yield context


@contextmanager
def acting(actor: Actor) -> Iterator[Context]:
    """The same place, another actor."""
    with entered(replace(current(), actor=actor)) as context:
        yield context


@contextmanager
def because(cause: Mapping[str, Any] | None) -> Iterator[Context]:
    """The same place and actor; the events of what is done here carry the cause."""
    with entered(replace(current(), cause=cause)) as context:
        yield context
