"""What matters for trust, from rooms below the one that keeps the audit: they tell it here, it listens."""

from typing import Any, Protocol

from tenants.kernel.actors import Actor


class Writer(Protocol):
    def __call__(self, action: str, *, by: Actor, subject: str = "", **details: Any) -> object: ...


_writers: list[Writer] = []


def write_with(writer: Writer) -> None:
    """The house's audit takes what is told from now on."""
    _writers.append(writer)


def note(action: str, *, by: Actor, subject: str = "", **details: Any) -> None:
    """Note something like `field.retired`, in the running transaction. Nothing is done that nobody notes."""
    if not _writers:
        raise RuntimeError("The audit is not there yet")
    for writer in _writers:
        writer(action, by=by, subject=subject, **details)
