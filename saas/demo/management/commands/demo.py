"""`manage.py demo load`: two agencies and three companies at work, and how to get in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from saas.demo.kept import write_private
from saas.demo.loading import load_demo
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.commands import Scope, ScopedCommand


class Command(ScopedCommand):
    scope = Scope.PUBLIC
    help = "Fill an installation with demo data; what is there already stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["load"])
        parser.add_argument("--ready-file", type=Path, help="where hosts and logins are written, as JSON")
        parser.add_argument("--bare", "--no-demo", action="store_true", help="make the platform admin only")

    def handle(self, *args: Any, ready_file: Path | None, bare: bool, **options: Any) -> None:
        with context.public(actor=robot("Demo")):
            ready = load_demo(is_bare=bare, say=self._say)
        if ready_file:
            write_private(ready_file, ready)
        self._say(f"demo: {len(ready['agencies'])} agencies, {len(ready['companies'])} companies are there")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
