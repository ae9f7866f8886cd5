"""The night as an operation: ring, attacks, signed reports, alarm; and the command around it."""

import json
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase

from public_site.control.models import PlatformAdmin
from saas.celery import app
from saas.isolation import kinds
from saas.isolation.attacking import Attacked
from saas.isolation.doors import DOORS
from saas.isolation.kinds import ISOLATION
from saas.isolation.tally import LET_IN, Tally
from saas.isolation.tasks import prove_isolation
from tenants.fleet.isolation.actions import begin_proof
from tenants.fleet.isolation.queries import attacks_of, signed
from tenants.fleet.models import IsolationAttack, IsolationReport, Operation, Verdict
from tenants.fleet.operations.running import run
from tenants.fleet.signing import checked
from tenants.identity.actions import add_user
from tenants.identity.models import AuditEntry
from tenants.kernel.actors import robot
from tests.factories import Twin


def told(verdict: str) -> Attacked:
    """Doors as they might come out, without an attack."""
    tallies = [Tally(door.name, needs_proof=False, is_absent=door.name == "websockets") for door in DOORS]
    for tally in tallies[:-1]:
        tally.tried("T15", 3)
    if verdict == Verdict.RED:
        tallies[0].found("a statement with their schema", "T15", LET_IN, "SELECT …", "Nair")
    if verdict == Verdict.UNCLEAR:
        tallies[1].broke("the attack broke: OSError")
    return Attacked(Verdict(verdict), [tally.told for tally in tallies], 0.1)


@pytest.fixture
def comes_out(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`comes_out("red")`: what the attacks of this test find; attacking for real is tried in `tests/hostile`."""

    def say(verdict: str) -> None:
        monkeypatch.setattr("saas.isolation.attacking.attack", lambda **_: told(verdict))

    return say


def test_a_night_writes_a_signed_report_for_every_agency(
    public: None, twins: tuple[Twin, Twin], comes_out: Any
) -> None:
    comes_out("green")
    operation = run(begin_proof(by=robot("Every night")))

    assert (operation.state, operation.result) == (
        "done", {"verdict": "green", "companies": 2, "attacks": 66, "findings": 0},
    )  # fmt: skip
    reports = {one.agency_id: one for one in IsolationReport.objects.all()}
    assert set(reports) == {twin.agency.pk for twin in twins}
    document = reports[twins[0].agency.pk].document
    assert [one["name"] for one in document["companies"]] == ["Alpha Works"]
    assert document["coverage"] == {"companies": 1, "attacked": 1, "within_days": 7}
    assert {door["door"]: door["state"] for door in document["doors"]}["websockets"] == "absent"
    for report in reports.values():
        assert checked(json.dumps(signed(report)).encode()).is_good is True
    assert AuditEntry.objects.filter(action="isolation.reported").count() == 2


def test_a_report_tells_nothing_of_other_agencies(public: None, twins: tuple[Twin, Twin], comes_out: Any) -> None:
    comes_out("red")
    run(begin_proof(by=robot()))
    for twin, other in (twins, twins[::-1]):
        text = json.dumps(IsolationReport.objects.get(agency_id=twin.agency.pk).document)
        foreign = (other.company.name, str(other.company.pk), other.agency.name, other.place.schema, "Nair")
        assert [word for word in foreign if word in text] == []


def test_a_night_that_was_cut_off_goes_on_with_the_rest(
    public: None, twins: tuple[Twin, Twin], comes_out: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        """What a SIGKILL looks like from within."""

    def dies(**_: Any) -> Attacked:
        if IsolationAttack.objects.exclude(ended_at=None).exists():
            raise Died
        return told("green")

    monkeypatch.setattr("saas.isolation.attacking.attack", dies)
    operation = begin_proof(by=robot())
    with pytest.raises(Died):
        run(operation)
    first = attacks_of(operation.pk).exclude(ended_at=None).get()

    comes_out("green")
    run(operation)

    assert attacks_of(operation.pk).filter(verdict="green").count() == 2
    assert attacks_of(operation.pk).get(pk=first.pk).ended_at == first.ended_at


def test_when_the_night_is_over_the_rest_comes_first_tomorrow(
    public: None, twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(**_: Any) -> Attacked:
        time.sleep(0.3)
        return told("green")

    monkeypatch.setattr("saas.isolation.attacking.attack", slowly)
    monkeypatch.setattr(kinds, "_seconds", lambda work: 0.2)
    operation = run(begin_proof(by=robot()))

    assert (operation.state, operation.result["companies"]) == ("done", 1)
    assert attacks_of(operation.pk).count() == 1


def test_a_breach_raises_the_alarm_once(
    public: None, twins: tuple[Twin, Twin], comes_out: Any, caplog: pytest.LogCaptureFixture, mailoutbox: Any
) -> None:
    PlatformAdmin.objects.create(user=add_user(email="root@platform.example", name="Root"))
    comes_out("red")
    app.conf.task_always_eager = True
    try:
        with TestCase.captureOnCommitCallbacks(execute=True):
            run(begin_proof(by=robot(), agency=twins[0].agency))
    finally:
        app.conf.task_always_eager = False

    assert AuditEntry.objects.filter(action="isolation.breached", subject=f"agency:{twins[0].agency.pk}").count() == 1
    assert "isolation breached" in caplog.text
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["root@platform.example"], "Isolation: an attack on a company of Alpha Agency got through")
    ]


def test_two_nights_do_not_run_at_once(public: None, twins: tuple[Twin, Twin]) -> None:
    prove_isolation()
    prove_isolation()

    assert Operation.objects.filter(kind=ISOLATION.name).count() == 1


def command(*argv: str) -> tuple[str, int]:
    """What it said, and how it ended."""
    out = StringIO()
    try:
        call_command("isolation", *argv, stdout=out)
    except CommandError as error:
        return out.getvalue() + str(error), error.returncode
    return out.getvalue(), 0


@pytest.mark.parametrize(("verdict", "code"), [("green", 0), ("red", 1), ("unclear", 2)])
def test_the_command_ends_as_it_came_out(
    rolled_back: None, twins: tuple[Twin, Twin], comes_out: Any, verdict: str, code: int
) -> None:
    comes_out(verdict)
    text, ended = command("attack", "--companies", "2")

    assert ended == code
    assert f"{verdict}: 2 companies" in text


def test_the_command_prints_signed_reports_and_checks_them(
    rolled_back: None, twins: tuple[Twin, Twin], comes_out: Any, tmp_path: Path
) -> None:
    comes_out("green")
    text, _ended = command("attack", "--json", "--agency", "alpha")
    [report] = json.loads(text)
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report))
    assert command("verify", str(file)) == (
        f"Good: Alpha Agency, {report['report']['ended_at']}, green\n", 0,
    )  # fmt: skip

    file.write_text(json.dumps(report).replace('"green"', '"red"'))

    assert command("verify", str(file))[1] == 1
    assert "BEGIN PUBLIC KEY" in command("keys")[0]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("attack", "--companies", "0"), "1 or more"),
        (("attack", "--agency", "nobody"), "no agency nobody"),
        (("verify", "no-such-file"), "cannot be read"),
    ],
)
def test_the_command_says_what_is_wrong(rolled_back: None, argv: tuple[str, ...], words: str) -> None:
    text, code = command(*argv)

    assert (code, words in text) == (1, True)
