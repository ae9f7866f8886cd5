"""`manage.py company <verb>`: what is done to single companies. Each verb is a module of `tenants.fleet.verbs`."""

from argparse import ArgumentParser
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.core.management.base import CommandError

from tenants.fleet import verbs
from tenants.fleet.verbs.base import Verb
from tenants.kernel import context
from tenants.kernel.commands import Scope, ScopedCommand
from tenants.kernel.errors import DomainError


class Command(ScopedCommand):
    scope = Scope.PUBLIC
    help = "Create, look at, change, copy, save and take away single companies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        lines = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for name, verb in self._verbs().items():
            verb.add_arguments(lines.add_parser(name, help=verb.help, description=verb.help))

    def _verbs(self) -> dict[str, Verb]:
        """`tenants.fleet.verbs.backup.Backup` is `company backup`."""
        names = sorted(found.name for found in iter_modules(verbs.__path__) if found.name != "base")
        modules = {name: import_module(f"{verbs.__name__}.{name}") for name in names}
        return {name: getattr(module, name.title())(self.stdout.write) for name, module in modules.items()}

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        with context.public():
            chosen = self._verbs()[verb]
            with context.acting(chosen.by):
                try:
                    chosen.handle(**options)
                except DomainError as error:
                    raise CommandError(" ".join(filter(None, (str(error.detail), str(error.fix))))) from error
