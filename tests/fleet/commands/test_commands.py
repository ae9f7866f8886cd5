"""Fleet commands: tried without a trace, a few first, taken back where too many fail, a line for each company."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tenants.crm.models import Stage
from tenants.directory.models import Company
from tenants.fleet.commands import registry
from tenants.fleet.commands.actions import begin_command
from tenants.fleet.commands.choosing import companies_for
from tenants.fleet.commands.registry import Done, FleetCommand, commands
from tenants.fleet.models import CommandLine, Operation
from tenants.fleet.operations.running import run
from tenants.fleet.upgrading.drift import verify
from tenants.identity.models import AuditEntry, Role
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Denied, DomainError, Invalid, NotFound
from tenants.records.models import CustomField
from tests.factories import Twin

STAGE = {"name": "Fitting", "probability": "60"}


@pytest.fixture
def both(twins: tuple[Twin, Twin], public: None) -> list[Company]:
    return [one.company for one in twins]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`made(apply, …)` is a command for one test."""
    monkeypatch.setattr(registry, "_commands", dict(registry._commands))

    def register(apply: Any, **more: Any) -> FleetCommand:
        return registry.register(FleetCommand(name="made", label="Made", text="Made up", apply=apply, **more))

    return register


def ran(name: str, values: dict[str, str], *, is_dry: bool = False, **options: Any) -> Operation:
    selection = options.pop("selection", {})
    begun = begin_command(
        name=name, values=values, selection=selection, by=robot("Root"), is_dry=is_dry, is_queued=False, **options
    )
    return run(begun)


def lines(operation: Operation) -> list[tuple[str, str, str]]:
    rows = CommandLine.objects.filter(operation_id=operation.pk).order_by("subject")
    return [(one.subject, one.state, one.told) for one in rows]


def stages(company: Company) -> list[str]:
    with context.inside(company.place):
        return list(Stage.objects.filter(deleted_at=None).order_by("position").values_list("name", flat=True))


def test_a_dry_run_tells_and_changes_nothing(both: list[Company]) -> None:
    before = [stages(one) for one in both]

    done = ran("add-stage", STAGE, is_dry=True)

    assert done.state == "done"
    assert lines(done) == [(one.name, "would", "Stage “Fitting”") for one in both]
    assert [stages(one) for one in both] == before


def test_every_company_gets_it_and_one_that_has_it_is_left(both: list[Company]) -> None:
    ran("add-stage", STAGE, selection={"companies": ["alpha/works"]})

    done = ran("add-stage", STAGE)

    assert lines(done) == [(both[0].name, "unchanged", ""), (both[1].name, "changed", "Stage “Fitting”")]
    for one in both:
        assert stages(one).count("Fitting") == 1
    assert (done.result["changed"], done.result["unchanged"]) == (1, 1)


def test_a_failing_first_company_stops_the_rest_and_leaves_no_trace(both: list[Company], made: Any) -> None:
    made(lambda values: _fail_in("Works"))

    done = ran("made", {}, canary="1")

    assert (done.state, len(lines(done))) == ("failed", 1)
    assert "not well" in done.error


def _fail_in(word: str) -> Done:
    Role.objects.create(name="Half done", slug="half-done")
    raise DomainError(f"No {word}")


def test_too_many_failures_take_back_what_was_changed(both: list[Company], made: Any) -> None:
    """The first is changed, the second fails: the first is taken back."""

    def apply(values: Any) -> Done:
        if context.company_id() == both[1].pk:
            _fail_in("Works")
        role = Role.objects.create(name="Fitter", slug="fitter")
        return Done("Role", {"role": str(role.pk)})

    made(apply, revert=lambda what: Role.objects.filter(pk=what["role"]).delete())

    done = ran("made", {}, canary="0", stop_after=1)

    assert (done.state, [state for _name, state, _told in lines(done)]) == ("failed", ["reverted", "failed"])
    assert lines(done)[1][2] == "No Works"
    for one in both:
        with context.inside(one.place):
            assert not Role.objects.filter(slug__in=("fitter", "half-done")).exists()


def test_a_killed_run_is_gone_on_with_and_does_nothing_twice(both: list[Company], made: Any) -> None:
    class Died(BaseException):
        pass

    seen: list[Any] = []

    def apply(values: Any) -> Done:
        seen.append(context.company_id())
        if len(seen) == 2:
            raise Died
        return Done("x", {})

    made(apply)
    begun = begin_command(name="made", values={}, selection={}, by=robot(), is_dry=False, canary="0", is_queued=False)
    with pytest.raises(Died):
        run(begun)

    assert run(begun).state == "done"
    assert seen == [both[0].pk, both[1].pk, both[1].pk]


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("add-stage", STAGE, "Stage “Fitting”"),
        ("add-role", {"name": "Fitter", "like": "sales-rep"}, "Role “Fitter”"),
        ("add-field", {"type": "contacts", "label": "Shoe size", "kind": "number"}, "Field “Shoe size”"),
        ("set-profile", {"setting": "language", "value": "bg"}, "Language: en, now bg"),
        ("reindex-search", {}, None),
    ],
)
def test_each_command_does_and_takes_back(
    both: list[Company], name: str, values: dict[str, str], told: str | None
) -> None:
    done = ran(name, values, selection={"companies": ["alpha/works"]})

    ((_subject, state, words),) = lines(done)
    assert (done.state, state) == ("done", "changed")
    assert words == told or (told is None and words.endswith("records"))
    line = CommandLine.objects.get(operation_id=done.pk)
    found = registry.command_named(name)
    if found.revert:
        with context.inside(both[0].place, actor=robot()):
            found.revert(line.what)
            assert "Fitting" not in list(Stage.objects.filter(deleted_at=None).values_list("name", flat=True))
            assert not Role.objects.filter(name="Fitter").exists()
            assert not CustomField.objects.filter(label="Shoe size", retired_at=None).exists()
        assert Company.objects.get(pk=both[0].pk).language == "en"


def test_rights_changed_by_hand_are_repaired(both: list[Company]) -> None:
    schema = both[0].schema_name
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT ON {schema}.crm_contact TO PUBLIC")
        cursor.execute(f"GRANT UPDATE ON {schema}.identity_auditentry TO {schema}")
    assert list(verify([schema])) == [schema]

    done = ran("repair-rights", {}, selection={"companies": ["alpha/works"]})

    assert lines(done) == [(both[0].name, "changed", "Rights on crm_contact, identity_auditentry")]
    assert verify([schema]) == {}


def test_selection_by_agency_plan_and_slug(both: list[Company], twins: tuple[Twin, Twin]) -> None:
    a, b = both
    agency = twins[0].agency

    assert list(companies_for({})) == [a, b]
    assert list(companies_for({"agency": "bravo"})) == [b]
    assert list(companies_for({"plan": "free"})) == [a, b]
    assert list(companies_for({"plan": "gold"})) == []
    assert list(companies_for({"companies": ["works"]})) == [a, b]
    assert list(companies_for({"companies": ["bravo/works"]})) == [b]
    assert list(companies_for({"agency": "bravo"}, agency_id=agency.pk)) == []
    with pytest.raises(Invalid, match="bravo/works"):
        companies_for({"companies": ["bravo/works"]}, agency_id=agency.pk)


def test_an_agency_reaches_its_own_companies_and_not_the_platforms_commands(
    both: list[Company], twins: tuple[Twin, Twin]
) -> None:
    done = ran("add-stage", STAGE, agency=twins[0].agency)

    assert [name for name, _state, _told in lines(done)] == [both[0].name]
    assert "Fitting" not in stages(both[1])
    with pytest.raises(Denied):
        ran("repair-rights", {}, agency=twins[0].agency)
    entry = AuditEntry.objects.filter(action="fleet.command").latest("id")
    assert entry.subject == f"agency:{twins[0].agency.pk}"


@pytest.mark.parametrize(
    ("name", "values", "options", "fields"),
    [
        ("add-stage", {}, {}, ["name"]),
        ("add-stage", {"name": "x" * 300}, {}, ["name"]),
        ("add-stage", STAGE | {"colour": "red"}, {}, ["colour"]),
        ("add-field", {"type": "stars", "label": "x", "kind": "number"}, {}, ["type"]),
        ("add-stage", STAGE, {"selection": {"companies": ["nobody"]}}, ["companies"]),
        ("add-stage", STAGE, {"selection": {"agency": "nobody"}}, ["companies"]),
        ("add-stage", STAGE, {"canary": "few"}, ["canary"]),
        ("add-stage", STAGE, {"stop_after": 0}, ["stop_after"]),
    ],
)
def test_what_makes_no_sense_is_named(
    both: list[Company], name: str, values: dict[str, str], options: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        ran(name, values, **options)

    assert list(refused.value.errors) == fields
    assert not Operation.objects.filter(kind="command").exists()


def test_unknown_commands_are_not_found(both: list[Company]) -> None:
    with pytest.raises(NotFound):
        ran("drop-everything", {})


def test_command_line_lists_and_runs(both: list[Company], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("fleet", "run", "--list")
    call_command("fleet", "run", "add-stage", "name=Fitting", "--dry-run")
    said = capsys.readouterr().out

    assert all(one.name in said for one in commands())
    assert f"{both[0].name}: Would change Stage “Fitting”" in said
    with pytest.raises(CommandError, match="NAME=VALUE"):
        call_command("fleet", "run", "add-stage", "Fitting")
