"""Management commands say where they work, and one company that fails holds up no other."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from tenants.kernel import context
from tenants.kernel.context import Place
from tenants.kernel.logs import logger

log = logger(__name__)


class Scope(StrEnum):
    PUBLIC = "public"
    """Directory, fleet, billing: public is entered for it."""
    COMPANIES = "companies"
    """One place after the other, each entered by `walk`."""
    NOTHING = "nothing"
    """No rows at all."""


class ScopedCommand(BaseCommand):
    """The base of every command of ours; without `scope` it does not run."""

    scope: ClassVar[Scope]
    requires_system_checks: Any = ()
    """`migrate` checks, and so do workers: a command need not build every page and the API before its first word."""

    def execute(self, *args: Any, **options: Any) -> Any:
        scope = getattr(self, "scope", None)
        if scope is None:
            raise CommandError(f"{type(self).__module__} does not say where it works: give it a scope.")
        if scope != Scope.PUBLIC:
            return super().execute(*args, **options)
        with context.public():
            return super().execute(*args, **options)

    def walk(self, places: Iterable[tuple[str, Place]], work: Callable[[str], object]) -> None:
        """Do the work in each place. What fails is told at once and named at the end. Raises CommandError then."""
        failed, chosen = [], list(places)
        for name, place in chosen:
            try:
                with context.inside(place):
                    work(name)
            except Exception as error:  # whatever it is, the others are not to wait for it
                log.exception("command failed in one place", command=type(self).__module__, place=name)
                self.stderr.write(f"{name}: {error}")
                failed.append(name)
        if failed:
            raise CommandError(f"Failed in {len(failed)} of {len(chosen)}: {', '.join(failed)}.")
