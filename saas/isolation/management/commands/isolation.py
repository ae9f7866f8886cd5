"""`manage.py isolation`: attack companies from one another, check a report. See infra/docs/isolation.md."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from tenants.directory.models import Agency
from tenants.fleet.isolation.actions import begin_proof
from tenants.fleet.isolation.queries import attacks_of, signed, signing_keys
from tenants.fleet.models import IsolationReport, Operation, Verdict
from tenants.fleet.signing import checked, pem
from tenants.fleet.verbs.base import follow
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.commands import Scope, ScopedCommand
from tenants.kernel.errors import DomainError

HELP = "attack companies from one another; exits with 1 when something got through, with 2 when not all is proven"
EXITS = {Verdict.RED: 1, Verdict.UNCLEAR: 2}


class Command(ScopedCommand):
    scope = Scope.PUBLIC
    help = "Prove every night that no company reaches another."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        attack = verbs.add_parser("attack", help=HELP, description=HELP)
        attack.add_argument("--companies", type=int, metavar="N", help="so many, those first that waited longest")
        attack.add_argument("--agency", metavar="SLUG", help="companies of this agency alone")
        attack.add_argument("--minutes", type=int, metavar="N", help="stop after so long")
        attack.add_argument("--json", action="store_true", dest="as_json", help="print the signed reports")
        verify = verbs.add_parser("verify", help="check a report's signature; exits with 1 when it is not good")
        verify.add_argument("file")
        verbs.add_parser("keys", help="print the public keys that reports are signed with")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        by = robot("Command line")
        with context.public(actor=by):
            try:
                getattr(self, verb)(**options)
            except DomainError as error:
                raise CommandError(" ".join(filter(None, (str(error.detail), str(error.fix))))) from error

    def attack(
        self, companies: int | None, agency: str | None, minutes: int | None, as_json: bool, **_: Any
    ) -> None:  # fmt: skip
        if (companies is not None and companies < 1) or (minutes is not None and minutes < 1):
            raise CommandError("Give a number of 1 or more.")
        operation = begin_proof(by=context.actor(), agency=_agency(agency), companies=companies, minutes=minutes)
        follow(operation, (lambda text: None) if as_json else self.stdout.write)
        if as_json:
            reports = IsolationReport.objects.filter(operation_id=operation.pk).order_by("id")
            self.stdout.write(json.dumps([signed(one) for one in reports], indent=2, ensure_ascii=False))
        else:
            self._tell(operation)
        code = EXITS.get(operation.result.get("verdict", Verdict.UNCLEAR))
        if code:
            raise CommandError("Something got through." if code == 1 else "Not everything is proven.", returncode=code)

    def _tell(self, operation: Operation) -> None:
        for one in attacks_of(operation.pk):
            for told in one.doors:
                for line in _lines(told):
                    self.stdout.write(f"{one.company_name} · {told['door']} · {line}")
        came = operation.result
        counts = f"{came['companies']} companies, {came['attacks']} attacks, {came['findings']} findings"
        self.stdout.write(f"{came['verdict']}: {counts}")

    def verify(self, file: str, **_: Any) -> None:
        try:
            raw = Path(file).read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        found = checked(raw)
        if not found.is_good:
            raise CommandError("The signature is not good: this report was changed, or is not ours.")
        agency = found.document.get("agency", {}).get("name", "")
        self.stdout.write(f"Good: {agency}, {found.document.get('ended_at')}, {found.document.get('verdict')}")

    def keys(self, **_: Any) -> None:
        for key in signing_keys():
            self.stdout.write(f"{key.pk}\n{pem(key.public)}")


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for found in told["findings"]:
        yield f"RED {found['hazard']} {found['attack']}: {found['what']} at {found['place']} {found['digest']}"
    for fault in told["faults"]:
        yield f"not proven: {fault}"
    if told["state"] == Verdict.UNCLEAR and not told["faults"]:
        yield f"not proven: {told['attacks']} attacks, {told['proofs']} counter-proofs"


def _agency(slug: str | None) -> Agency | None:
    if not slug:
        return None
    found = Agency.objects.filter(slug=slug).first()
    if not found:
        raise CommandError(f"There is no agency {slug}.")
    return found
