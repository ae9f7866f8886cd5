"""Reading on in a story: filters, words, pages, export."""

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tenants.crm.models import Contact
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.kernel.errors import Invalid
from tenants.records.actions import update_record
from tenants.records.notes.actions import add_note
from tenants.records.timeline import Asked, kinds_of, read_story
from tests.factories import Twin, make

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def told(company: Twin, by: Actor) -> Any:
    """Seven notes and three changes, an hour apart."""
    with standing_at(START):
        contact = make("contacts", first_name="Asha", city="Pune")
    for hour in range(1, 8):
        with standing_at(START + timedelta(hours=hour)):
            add_note(record=contact, body=f"Note {hour}", by=by)
    for hour, city in ((8, "Nashik"), (9, "Delhi")):
        with standing_at(START + timedelta(hours=hour)):
            update_record(record=contact, values={"city": city}, by=Actor(kind="robot", name="Kabir", grants=by.grants))
    return Contact.objects.get(pk=contact.pk)


def read_all(record: Any, **asked: Any) -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        story = read_story(record, Asked(cursor=cursor, **asked))
        pages.append([entry.body or entry.text for entry in story.entries])
        cursor = story.older
        if not cursor:
            return pages


def test_pages_miss_nothing_and_repeat_nothing(told: Any) -> None:
    pages = read_all(told, length=4)

    assert [len(page) for page in pages] == [4, 4, 2]
    assert [line for page in pages for line in page] == [
        "changed", "changed", *(f"Note {hour}" for hour in range(7, 0, -1)), "created this"
    ]  # fmt: skip


def test_by_kind_by_person_by_words(told: Any) -> None:
    assert read_all(told, kind="change") == [["changed", "changed", "created this"]]
    assert read_all(told, who="Kabir") == [["changed", "changed"]]
    assert read_all(told, words="note 3") == [["Note 3"]]
    assert read_all(told, words="nashik delhi") == [["changed"]]
    assert read_all(told, kind="note", length=3)[0] == ["Note 7", "Note 6", "Note 5"]


def test_a_broken_cursor_is_refused(told: Any) -> None:
    with pytest.raises(Invalid):
        read_story(told, Asked(cursor="yesterday"))


def test_kinds_have_names(told: Any) -> None:
    assert kinds_of(read_story(told, Asked()).entries) == [("note", "Notes"), ("change", "Changes")]


def test_export_is_all_of_it_and_harmless(twins: tuple[Twin, Twin]) -> None:
    browser, path = twins[0].signed_in(), f"/contacts/{twins[0].contact_id}"
    browser.post(f"{path}/notes/", {"body": "=HYPERLINK(1)"})

    answer = browser.get(f"{path}/timeline.csv")
    rows = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))

    assert answer["Content-Disposition"].startswith("attachment")
    assert rows[0] == ["When", "Kind", "Who", "What", "Details", "Text"]
    assert rows[1][1:] == ["note", rows[1][2], "wrote a note", "", "'=HYPERLINK(1)"]
