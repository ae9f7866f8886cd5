"""What is counted at a door: attacks, proofs that they would have seen something, and what got through.

Never what leaked itself: a finding holds a hash of it and the place where it came out.
"""

from collections import Counter
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, Final

from tenants.fleet.models import Verdict

ABSENT: Final = "absent"
KEPT_FINDINGS: Final = 20
"""Of one hazard at one door: a wall that is down would fill the report by itself."""
KEPT_FAULTS: Final = 50

# What got through.
SHOWN: Final = "shown"
"""Something of the other company stands in the answer."""
TOLD_APART: Final = "told_apart"
"""An id of the other company is answered otherwise than one that nobody has."""
READ: Final = "read"
"""The server read the other company's tables, whatever was answered."""
WRITTEN: Final = "written"
"""The server changed the other company's tables; it was taken back."""
LET_IN: Final = "let_in"
"""What should have been refused was not."""


@dataclass(frozen=True)
class Finding:
    attack: str
    hazard: str
    what: str
    place: str
    digest: str = ""


def digest(leaked: str | bytes) -> str:
    """Enough to tell two leaks apart, and nothing to read."""
    raw = leaked.encode() if isinstance(leaked, str) else leaked
    return sha256(raw).hexdigest()[:16]


@dataclass
class Tally:
    """`proofs` counts that the company's own people saw, by the very same question, what the attacker must not."""

    door: str
    needs_proof: bool = True
    attacks: Counter[str] = field(default_factory=Counter)
    """By hazard."""
    proofs: int = 0
    findings: list[Finding] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """Places where an attack broke instead of being refused, or could not be tried."""
    known: dict[str, str] = field(default_factory=dict)
    """Hazards that are known to be open, and how they stand tonight: `open` or `closed`."""
    is_absent: bool = False

    def tried(self, hazard: str, times: int = 1) -> None:
        self.attacks[hazard] += times

    def proved(self) -> None:
        self.proofs += 1

    def found(self, attack: str, hazard: str, what: str, place: str, leaked: str | bytes = b"") -> None:
        one = Finding(attack, hazard, what, place, digest(leaked) if leaked else "")
        if one not in self.findings and sum(found.hazard == hazard for found in self.findings) < KEPT_FINDINGS:
            self.findings.append(one)

    def broke(self, place: str) -> None:
        if place not in self.faults and len(self.faults) < KEPT_FAULTS:
            self.faults.append(place)

    @property
    def state(self) -> str:
        if self.findings:
            return Verdict.RED
        if self.is_absent:
            return ABSENT
        is_blind = self.needs_proof and not self.proofs
        return Verdict.UNCLEAR if self.faults or is_blind or not self.attacks else Verdict.GREEN

    @property
    def told(self) -> dict[str, Any]:
        return {
            "door": self.door, "state": str(self.state), "attacks": self.attacks.total(), "proofs": self.proofs,
            "hazards": dict(sorted(self.attacks.items())), "known": dict(self.known),
            "findings": [asdict(one) for one in self.findings], "faults": list(self.faults),
        }  # fmt: skip


def verdict_of(states: "list[str]") -> Verdict:
    """Of several doors or companies: one leak is a leak, and nothing is green while anything is not proven."""
    if Verdict.RED in states:
        return Verdict.RED
    tried = [state for state in states if state != ABSENT]
    return Verdict.GREEN if tried and all(state == Verdict.GREEN for state in tried) else Verdict.UNCLEAR
