"""A report in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from public_site.isolation.words import DOORS, KNOWN, VERDICTS, WHATS
from tenants.fleet.models import IsolationReport

SHOWN_COMPANIES = 500


@dataclass(frozen=True)
class Sign:
    """A verdict as a tag."""

    state: str

    @property
    def label(self) -> str:
        return str(VERDICTS[self.state][0])

    @property
    def tone(self) -> str:
        return VERDICTS[self.state][1]

    @property
    def icon(self) -> str:
        return VERDICTS[self.state][2]


@dataclass(frozen=True)
class ReportView:
    row: IsolationReport

    @property
    def document(self) -> dict[str, Any]:
        return dict(self.row.document)

    @property
    def sign(self) -> Sign:
        return Sign(self.row.verdict)

    @property
    def agency(self) -> str:
        return str(self.document["agency"]["name"])

    @property
    def ended_at(self) -> datetime | None:
        return parse_datetime(self.document["ended_at"])

    @property
    def begun_at(self) -> datetime | None:
        return parse_datetime(self.document["begun_at"])

    @property
    def doors(self) -> list[dict[str, Any]]:
        return [_door(door) for door in self.document["doors"]]

    @property
    def companies(self) -> list[dict[str, Any]]:
        found = self.document["companies"][:SHOWN_COMPANIES]
        return [one | {"sign": Sign(one["verdict"])} for one in found]

    @property
    def findings(self) -> list[dict[str, Any]]:
        names = {name: words[0] for name, words in DOORS.items()}
        return [
            one | {"door": names.get(one["door"], one["door"]), "words": WHATS.get(one["what"], one["what"])}
            for one in self.document["findings"]
        ]

    @property
    def known(self) -> list[tuple[str, Any, bool]]:
        """Hazard, words, whether it is open."""
        return [(name, KNOWN.get(name, ""), state == "open") for name, state in sorted(self.document["known"].items())]

    @property
    def proofs(self) -> int:
        return sum(door["proofs"] for door in self.document["doors"])

    @property
    def file_name(self) -> str:
        return f"isolation-{self.document['ended_at'][:10]}"


def _door(door: dict[str, Any]) -> dict[str, Any]:
    label, text = DOORS.get(door["door"], (door["door"], ""))
    return door | {"label": label, "text": text, "sign": Sign(door["state"])}
