"""Reports without a night of attacks."""

from typing import Any

from tenants.directory.models import Agency
from tenants.fleet.isolation.actions import write_report
from tenants.fleet.models import IsolationReport
from tenants.kernel.actors import robot
from tenants.kernel.ids import uuid7

FOUND = {
    "door": "cache", "attack": "their name in our company", "hazard": "T20", "what": "shown",
    "place": "the cache of the house", "digest": "9f86d081884c7d65", "company": "Bravo Works",
}  # fmt: skip


def document(agency: Agency, verdict: str = "green", **more: Any) -> dict[str, Any]:
    company = {"id": str(uuid7()), "name": "Bravo Works", "verdict": verdict, "attacks": 12, "proofs": 3}
    doors = [
        {"door": "cache", "state": verdict, "attacks": 12, "proofs": 3, "hazards": {"T20": 12}},
        {"door": "websockets", "state": "absent", "attacks": 0, "proofs": 0, "hazards": {}},
    ]
    return {
        "format": "isolation-report/1",
        "agency": {"id": str(agency.pk), "name": agency.name, "host": f"{agency.slug}.localhost"},
        "operation": str(uuid7()), "begun_at": "2026-11-21T01:17:00+00:00", "ended_at": "2026-11-21T01:21:00+00:00",
        "version": "0123456789ab", "verdict": verdict, "companies": [company], "doors": doors,
        "findings": [FOUND] if verdict == "red" else [], "faults": ["files: it broke"] if verdict == "unclear" else [],
        "known": {"T16": "open"}, "coverage": {"companies": 1, "attacked": 1, "within_days": 7},
    } | more  # fmt: skip


def isolation_report(agency: Agency, verdict: str = "green", **more: Any) -> IsolationReport:
    made = write_report(operation_id=uuid7(), agency=agency, document=document(agency, verdict, **more), by=robot())
    return made[0]
