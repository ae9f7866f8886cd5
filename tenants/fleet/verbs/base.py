"""What the verbs of `manage.py company` are made of."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.management.base import CommandError
from django.db.models import QuerySet
from django.utils import timezone

from tenants.directory.models import Company, Domain
from tenants.directory.names import normal_host
from tenants.fleet.models import Operation, OperationState
from tenants.fleet.operations.running import run, step_of
from tenants.kernel.actors import Actor, robot

Say = Callable[[str], None]
WATCH_SECONDS = 0.5
BAR_WIDTH = 30
_of_others: dict[str, "type[Verb]"] = {}


class Verb:
    """One word after `manage.py company`. Runs in public."""

    help: ClassVar[str] = ""

    def __init__(self, say: Say) -> None:
        self.say = say

    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def handle(self, **options: Any) -> None:
        raise NotImplementedError

    @property
    def by(self) -> Actor:
        return robot("Command line")


def company_verb(name: str) -> "Callable[[type[Verb]], type[Verb]]":
    """Registers a verb of a room above the fleet, which the fleet may not import: decorate the class, and import
    its module from the app's `ready`."""

    def register(cls: type[Verb]) -> type[Verb]:
        if name in _of_others:
            raise ValueError(f"Two verbs are called {name}")
        _of_others[name] = cls
        return cls

    return register


def verbs_of_others() -> "dict[str, type[Verb]]":
    return dict(_of_others)


class CompanyVerb(Verb):
    """A verb about one company: its first argument says which."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("company", help="a host of it, agency/slug, its id or its schema")

    def handle(self, **options: Any) -> None:
        self.about(company_named(options.pop("company")), **options)

    def about(self, company: Company, **options: Any) -> None:
        raise NotImplementedError

    def follow(self, operation: Operation) -> Operation:
        """Run an operation here to its end, telling each step. Raises CommandError unless it is done."""
        return follow(operation, self.say)


def company_named(text: str) -> Company:
    """Raises CommandError for nobody, and for a slug that several agencies have."""
    found = list(_candidates(text)[:2])
    if len(found) != 1:
        raise CommandError(f"{'No' if not found else 'More than one'} company “{text}”. Name it as agency/slug.")
    return found[0]


def _candidates(text: str) -> QuerySet[Company]:
    companies = Company.objects.select_related("agency").order_by("pk")
    agency, _slash, slug = text.rpartition("/")
    if agency:
        return companies.filter(agency__slug=agency, slug=slug)
    if text.startswith("t_"):
        return companies.filter(schema_name=text)
    if text.count("-") == 4 and len(text) == 36:
        return companies.filter(pk=text)
    if "." in text:
        hosts = Domain.objects.filter(host=normal_host(text), verified_at__isnull=False)
        return companies.filter(pk__in=hosts.values("company_id"))
    return companies.filter(slug=text)


def follow(operation: Operation, say: Say) -> Operation:
    """To its end, whoever runs it: this process, or one that was quicker."""
    watcher = Watcher(say)
    while not run(operation, watcher).is_over:
        time.sleep(WATCH_SECONDS)
        watcher(operation)
    if operation.state != OperationState.DONE:
        raise CommandError(f"{operation}: {operation.get_state_display()}. {operation.error}")
    return operation


class Watcher:
    """Tells each step once, and on a terminal how far it is."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.told = -1
        self.lines = 0

    def __call__(self, operation: Operation) -> None:
        step = step_of(operation)
        if step and operation.step > self.told:
            self.told = operation.step
            self.say(f"{operation}: {step.label}")
        for _moment, text in operation.log[self.lines :]:
            self.say(f"  {text}")
        self.lines = len(operation.log)
        if operation.total and sys.stderr.isatty():
            self.draw(operation)

    def draw(self, operation: Operation) -> None:
        sys.stderr.write(f"\r\033[K  {bar(operation)} {operation.done:,} of {operation.total:,}{pace(operation)}\r")


def bar(operation: Operation) -> str:
    filled = min(BAR_WIDTH * operation.done // operation.total, BAR_WIDTH)
    return "█" * filled + "·" * (BAR_WIDTH - filled)


def pace(operation: Operation) -> str:
    """What one of them took since the operation began, on average."""
    if not operation.done or not operation.started_at:
        return ""
    spent = (timezone.now() - operation.started_at).total_seconds()
    return f", {spent * 1000 / operation.done:,.1f} ms each"
