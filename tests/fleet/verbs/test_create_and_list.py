"""`manage.py company create` and `list`."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants.directory.models import Company
from tenants.fleet.models import Schema
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tests.factories import Twin


def company(*arguments: str) -> str:
    out = StringIO()
    call_command("company", *arguments, stdout=out)
    return out.getvalue()


def listed(*arguments: str) -> list[Any]:
    found: list[Any] = json.loads(company("list", "--json", *arguments))
    return found


def create(agency: str, name: str, *more: str) -> str:
    return company("create", agency, name, "--country", "BG", "--owner-email", "Ivan@Sea.example", *more)


def test_create_makes_a_company_that_works_and_notes_it(twins: tuple[Twin, Twin]) -> None:
    told = create("alpha", "Black Sea Foods", "--owner-name", "Ivan")

    with context.public():
        made = Company.objects.get(agency=twins[0].agency, slug="black-sea-foods")
        entry = AuditEntry.objects.get(subject=f"company:{made.pk}")
    assert (made.status, made.currency, made.owner_email) == ("active", "EUR", "ivan@sea.example")
    assert (entry.action, entry.actor_name) == ("company.created", "Command line")
    line = f"alpha/black-sea-foods: http://black-sea-foods.alpha.localhost:8000, schema {made.schema_name}\n"
    assert told == line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody", "X"), "No agency “nobody”"),
        (("alpha", "Works"), "is taken"),
        (("alpha", "X", "--slug", "admin"), "is taken"),
        (("alpha", "X", "--slug", "A b"), "3 to 40 small letters"),
        (("alpha", "New", "--currency", "RUPEE"), "currency"),
        (("alpha", "New", "--time-zone", "Mars"), "IANA"),
    ],
)
def test_create_says_what_is_wrong(twins: tuple[Twin, Twin], arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        create(*arguments)
    with context.public():
        assert Company.objects.filter(agency=twins[0].agency).count() == 1


def test_list_filters(twins: tuple[Twin, Twin]) -> None:
    create("alpha", "Second")
    with context.public():
        Company.objects.filter(slug="second").update(status="suspended")
        Schema.objects.filter(name=twins[1].company.schema_name).update(fingerprint="older")

    assert [one["company"] for one in listed()] == ["alpha/second", "alpha/works", "bravo/works"]
    assert [one["company"] for one in listed("--agency", "bravo")] == ["bravo/works"]
    assert [one["company"] for one in listed("--status", "suspended")] == ["alpha/second"]
    assert [one["company"] for one in listed("--country", "bg")] == ["alpha/second"]
    assert [one["company"] for one in listed("--behind")] == ["bravo/works"]
    assert [one["company"] for one in listed("sea.example")] == ["alpha/second"]
    assert len(listed("--plan", "free")) == 3
    assert listed("--plan", "pro") == []
    assert len(listed("--limit", "2")) == 2


def test_list_tells_sizes_the_largest_first(twins: tuple[Twin, Twin]) -> None:
    sizes = [one["bytes"] for one in listed("--size")]

    assert len(sizes) == 2
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] > 100_000


def test_list_is_a_table_for_people(twins: tuple[Twin, Twin]) -> None:
    lines = company("list", "--agency", "alpha").splitlines()

    assert lines[0].split() == ["company", "name", "status", "plan", "country", "created", "schema", "at_head"]
    assert lines[1].startswith("alpha/works  Alpha Works  active  free  IN")
    assert lines[2] == "1 companies"
    assert company("list", "nobody-has-this") == "No company.\n"
