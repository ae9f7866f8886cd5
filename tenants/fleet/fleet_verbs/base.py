"""What several verbs of the fleet share."""

from argparse import ArgumentParser

from tenants.fleet.verbs.base import company_named


def add_only(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--only", action="append", default=[], metavar="COMPANY", help="a host, agency/slug, id or schema; repeatable"
    )


def schemas_of(companies: list[str]) -> list[str]:
    """Raises CommandError for one that is not there."""
    return [company_named(text).schema_name for text in companies]
