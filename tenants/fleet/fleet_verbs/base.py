"""What several verbs of the fleet share."""

import time
from argparse import ArgumentParser

from tenants.fleet.migrating import head
from tenants.fleet.models import Operation
from tenants.fleet.operations.running import run
from tenants.fleet.upgrading.actions import open_migration
from tenants.fleet.verbs.base import WATCH_SECONDS, company_named


def add_only(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--only", action="append", default=[], metavar="COMPANY", help="a host, agency/slug, id or schema; repeatable"
    )


def cut_off_migration() -> Operation | None:
    """One to go on with. That of another version of the code is waited for, or ended where nobody is at it."""
    found = open_migration()
    while found and found.arguments["head"] != head():
        if run(found).is_over:
            return None
        time.sleep(WATCH_SECONDS)
    return found


def schemas_of(companies: list[str]) -> list[str]:
    """Raises CommandError for one that is not there."""
    return [company_named(text).schema_name for text in companies]
