"""A company goes out as a file and into another one, and comes out of that the same."""

from typing import Any

import pytest

from tenants.crm.models import Account, Activity, Contact, Deal, DealLine, LostReason, Pipeline, Stage, Task
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.jobs.actions import undo_job
from tenants.records.models import File, Job, Note, SavedView, SearchEntry, Tag
from tenants.records.registry import record_types
from tenants.records.whole.tables import arranged, tables
from tests.factories import Twin
from tests.records.whole.comparing import Export, differences
from tests.records.whole.filling import fill, same_people
from tests.records.whole.moving import brought_in, taken_out, told, worked

COUNTS = {
    "own_fields": 4, "tags": 2, "teams": 2, "team_members": 1, "lost_reasons": 6, "accounts": 2, "contacts": 3,
    "deals": 2, "leads": 1, "tasks": 1, "activities": 1, "pipelines": 2, "stages": 18, "notes": 2, "files": 2,
    "follows": 2, "seats": 1, "deal_lines": 1, "reminders": 2, "stage_visits": 3, "deal_settings": 1,
}  # fmt: skip


@pytest.fixture
def pair(twins: tuple[Twin, Twin]) -> tuple[Twin, Twin]:
    """Company A with something of everything, company B as empty as a new one."""
    for twin in twins:
        with context.inside(twin.place, actor=robot()):
            Deal.objects.all().delete()
            Contact.objects.all().delete()
            Account.objects.all().delete()
            same_people()
    with context.inside(twins[0].place, actor=robot()):
        fill()
    return twins


@pytest.mark.parametrize("file_format", ["json", "csv"])
def test_a_company_comes_through_whole(pair: tuple[Twin, Twin], file_format: str) -> None:
    before = Export(taken_out(pair[0], file_format))

    job = brought_in(pair[1], before.content)
    after = Export(taken_out(pair[1], file_format))

    with context.inside(pair[1].place):
        assert told(job) == []
    assert {name: before.counts[name] for name in COUNTS} == COUNTS
    assert differences(before, after) == []
    assert {name: after.counts[name] for name in COUNTS} == COUNTS


def test_what_came_in_is_at_work(pair: tuple[Twin, Twin]) -> None:
    brought_in(pair[1], taken_out(pair[0]))

    with context.inside(pair[1].place, actor=robot()):
        assert Pipeline.objects.get(is_default=True).name == "Partners"
        assert Tag.objects.get(name="north").tone == "info"
        assert Deal.objects.get(name="Lost").lost_reason == LostReason.objects.get(name="Too far away")
        twin = Contact.objects.get(first_name="Twin", reports_to__isnull=False)
        assert twin.custom["old"] == "kept"
        assert str(File.objects.get(name="contract.pdf").pk) == twin.custom["contract"]
        assert Note.objects.get(parent=None).mentions == [_mate()]
        assert SearchEntry.objects.filter(record_type="contacts", record_id=twin.pk).exists()
        view = SavedView.objects.get(name="Mine at Head")
        assert view.filter["all"][0]["value"] == str(Account.objects.get(external_id="A-1").pk)
        assert view.settings["of"] == str(Pipeline.objects.get(name="Partners").pk)
        task = Task.objects.get()
        assert task.series == task.pk


def _mate() -> Any:
    from tenants.identity.models import User

    return User.objects.get(email="mate@same.example").pk


@pytest.mark.parametrize("where", [0, 1])
def test_importing_twice_changes_nothing(pair: tuple[Twin, Twin], where: int) -> None:
    content = taken_out(pair[0])
    if where:
        brought_in(pair[1], content)
    before = taken_out(pair[where])

    job = brought_in(pair[where], content)

    assert {name for name in ("created", "updated", "failed") if job.counts.get(name)} == set()
    assert differences(Export(before), Export(taken_out(pair[where]))) == []


def test_people_who_are_not_here_are_named_and_nobody_is_made(pair: tuple[Twin, Twin]) -> None:
    from tenants.identity.models import User

    with context.inside(pair[1].place):
        User.objects.filter(email="mate@same.example").update(email="else@same.example", name="Somebody Else")

    job = brought_in(pair[1], taken_out(pair[0]))

    with context.inside(pair[1].place):
        draft = Job.objects.get(kind="import_preview")
        assert draft.result["notes"][0].startswith("mate@same.example: not in this company")
        assert [message for _name, _field, _value, message in told(job)] == [
            "mate@same.example is not in this company."
        ] * 3
        assert not User.objects.filter(email="mate@same.example").exists()
        assert Note.objects.get(parent__isnull=False).author_name == "Same Mate"


def test_the_comparison_sees_a_changed_word_and_a_lost_row(pair: tuple[Twin, Twin]) -> None:
    before = Export(taken_out(pair[0]))
    brought_in(pair[1], before.content)

    with context.inside(pair[1].place, actor=robot()):
        Activity.objects.update(subject="Else")
        DealLine.objects.all().delete()
    found = differences(before, Export(taken_out(pair[1])))

    assert [line.split(" {")[0] for line in found] == ["activities: lost", "activities: more", "deal_lines: lost"]


def test_undo_puts_what_came_into_the_bin(pair: tuple[Twin, Twin]) -> None:
    job = brought_in(pair[1], taken_out(pair[0]))

    with context.inside(pair[1].place, actor=robot()):
        worked(undo_job(job=job, by=robot()))

        assert [one.objects.filter(deleted_at=None).count() for one in (Account, Contact, Deal, Task)] == [0, 0, 0, 0]
        assert Stage.objects.filter(deleted_at=None).exists()


def test_order_puts_what_is_pointed_at_first(company: Twin) -> None:
    names = [one.name for one in arranged([*record_types(), *tables()])]

    assert names.index("accounts") < names.index("contacts") < names.index("deals") < names.index("leads")
    assert names.index("pipelines") < names.index("stages") < names.index("deals") < names.index("tasks")
    assert names.index("own_fields") < names.index("accounts") < names.index("notes") < names.index("files")
