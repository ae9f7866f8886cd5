"""`fleet run NAME`: a fleet command on many companies, tried first with --dry-run."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from tenants.fleet.commands.actions import CANARY, STOP_AFTER, begin_command
from tenants.fleet.commands.registry import commands
from tenants.fleet.models import CommandLine
from tenants.fleet.verbs.base import Verb, follow


class Run(Verb):
    help = "Do something to many companies: see what there is with `fleet run --list`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="which command")
        parser.add_argument("values", nargs="*", metavar="NAME=VALUE", help="its arguments")
        parser.add_argument("--list", action="store_true", dest="is_list", help="name the commands and their arguments")
        parser.add_argument("--agency", default="", help="companies of this agency")
        parser.add_argument("--plan", default="", help="companies of agencies on this plan")
        parser.add_argument("--company", action="append", default=[], metavar="SLUG", help="slug or agency/slug")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
        parser.add_argument("--canary", default=CANARY, help="how many go first, or a part like 5%%")
        parser.add_argument(
            "--stop-after", type=int, default=STOP_AFTER, metavar="N", help="failures that take all back"
        )

    def handle(self, **options: Any) -> None:
        if options["is_list"] or not options["name"]:
            self._list()
            return
        selection = {"agency": options["agency"], "plan": options["plan"], "companies": options["company"]}
        operation = begin_command(
            name=options["name"], values=dict(map(_pair, options["values"])),
            selection=selection, by=self.by, is_dry=options["dry_run"],
            canary=options["canary"], stop_after=options["stop_after"], is_queued=False,
        )  # fmt: skip
        try:
            follow(operation, self.say)
        finally:
            for line in CommandLine.objects.filter(operation_id=operation.pk):
                self.say(f"{line.subject}: {line.get_state_display()} {line.told or line.what.get('why', '')}".rstrip())

    def _list(self) -> None:
        for one in commands():
            self.say(f"{one.name}: {one.text}")
            for argument in one.arguments:
                known = ", ".join(value for value, _label in argument.choices()) if argument.choices else argument.label
                self.say(f"  {argument.name}={argument.default or '…'}  {known}")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"Write arguments as NAME=VALUE, not “{text}”.")
    return name, value
