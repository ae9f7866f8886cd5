"""What an agency is told of a night: plain values, whole numbers, the same for paper and for programs.

Of a leak it says where and of which kind, with a hash; never what leaked, and never from which company, since
that may be another agency's.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from saas.isolation.doors import DOORS
from saas.isolation.tally import verdict_of
from tenants.directory.models import Agency
from tenants.directory.queries import agency_tenant
from tenants.fleet.isolation.queries import ROUND, coverage
from tenants.fleet.migrating import head
from tenants.fleet.models import IsolationAttack, Operation

FORMAT: Final = "isolation-report/1"


def document_of(operation: Operation, agency: Agency, attacks: Sequence[IsolationAttack]) -> dict[str, Any]:
    """Of one agency's companies."""
    covered = coverage(agency.pk)
    return {
        "format": FORMAT,
        "agency": {"id": str(agency.pk), "name": agency.name, "host": agency_tenant(agency.pk).canonical_host},
        "operation": str(operation.pk),
        "begun_at": _moment(operation.started_at or operation.created_at),
        "ended_at": _moment(max(one.ended_at for one in attacks if one.ended_at)),
        "version": head()[:12],
        "verdict": str(verdict_of([one.verdict for one in attacks])),
        "companies": [_company(one) for one in attacks],
        "doors": [_door(door.name, attacks) for door in DOORS],
        "findings": [found | {"company": one.company_name} for one in attacks for found in _findings(one)],
        "faults": sorted(
            {f"{told['door']}: {fault}" for one in attacks for told in one.doors for fault in told["faults"]}
        ),
        "known": {name: state for one in attacks for told in one.doors for name, state in told["known"].items()},
        "coverage": {"companies": covered.companies, "attacked": covered.attacked, "within_days": ROUND.days},
    }


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _company(one: IsolationAttack) -> dict[str, Any]:
    return {
        "id": str(one.company_id), "name": one.company_name, "verdict": one.verdict,
        "attacks": sum(told["attacks"] for told in one.doors), "proofs": sum(told["proofs"] for told in one.doors),
    }  # fmt: skip


def _door(name: str, attacks: Sequence[IsolationAttack]) -> dict[str, Any]:
    told = [door for one in attacks for door in one.doors if door["door"] == name]
    hazards: Counter[str] = Counter()
    for door in told:
        hazards.update(door["hazards"])
    states = [door["state"] for door in told]
    is_absent = set(states) == {"absent"}
    return {
        "door": name, "state": "absent" if is_absent else str(verdict_of(states)), "attacks": hazards.total(),
        "proofs": sum(door["proofs"] for door in told), "hazards": dict(sorted(hazards.items())),
    }  # fmt: skip


def _findings(one: IsolationAttack) -> list[dict[str, str]]:
    return [{**found, "door": told["door"]} for told in one.doors for found in told["findings"]]
