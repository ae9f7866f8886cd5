"""Walking along a chain and naming what does not hold.

A changed row no longer gives its digest. A row taken away leaves a gap in the numbers,
and the next one hangs on nothing. Two that changed places give each other's digest. The
end is compared with the anchor kept in public, whose seal no database user can make. Where
retention cut the old end off, its sealed mark says what the first row must hang on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from django.db import transaction

from tenants.directory.anchors import Anchor, anchor_of
from tenants.identity.auditing.chain import digest_of, genesis
from tenants.identity.auditing.cutting import Cut, cuts_of
from tenants.identity.auditing.hiding import Hidden, hidden_in
from tenants.identity.models import AuditEntry
from tenants.kernel import context

MOST_COMPARED = 200
BATCH = 2_000


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`kind` is changed, missing, reordered, rewritten, truncated, anchor or mark."""

    kind: str
    text: str
    numbers: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


@dataclass(kw_only=True)
class Report:
    chain: str
    count: int = 0
    last: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.findings


@dataclass(kw_only=True)
class _Walk:
    """How far we are: what the next row must say."""

    expected: int
    previous: str | None
    """None after a row that is not whole: what hangs on it says nothing new."""
    hidden: Hidden = field(default_factory=dict)
    bad: list[AuditEntry] = field(default_factory=list)


def verify() -> Report:
    """The chain of the place we are in, as of this moment."""
    place = context.place()
    report = Report(chain=place.salt)
    # Read first: rows only get more meanwhile.
    anchor = anchor_of(place)
    with transaction.atomic():
        cuts, marks = cuts_of(place.salt)
        report.findings += [Finding(kind="mark", text=text) for text in marks]
        rows = AuditEntry.objects.filter(chain=place.salt).order_by("number").iterator(BATCH)
        hidden, spoilt = hidden_in(place.salt)
        report.findings += [Finding(kind="mark", text=text) for text in spoilt]
        report.findings += _walked(rows, report, cuts, anchor, hidden)
    report.findings += _compared(anchor, report)
    return report


def _walked(
    rows: Iterable[AuditEntry], report: Report, cuts: list[Cut], anchor: Anchor | None, hidden: Hidden
) -> list[Finding]:
    walk = _Walk(expected=1, previous=genesis(report.chain))
    found: list[Finding] = []
    for entry in rows:
        if report.count == 0:
            walk = _beginning(entry, cuts) or walk
            walk.hidden = hidden
        found += _looked_at(entry, walk)
        report.count += 1
        report.last = entry.number
        if anchor and entry.number == anchor.number and entry.digest != anchor.digest:
            text = f"entry {entry.number} is not the one that was anchored"
            found.append(Finding(kind="rewritten", text=text, numbers=(entry.number,)))
    return [*_explained(walk.bad), *found]


def _beginning(first: AuditEntry, cuts: list[Cut]) -> _Walk | None:
    """After a cut: the sealed mark that speaks of exactly this beginning."""
    for cut in cuts:
        if cut.through + 1 == first.number:
            return _Walk(expected=first.number, previous=cut.digest)
    return None


def _looked_at(entry: AuditEntry, walk: _Walk) -> Iterator[Finding]:
    if entry.number > walk.expected:
        yield _gap("missing", walk.expected, entry.number - 1)
    now = digest_of(entry)
    is_whole = now == entry.digest or walk.hidden.get(entry.number) == (entry.digest, now)
    if entry.number == walk.expected and is_whole and walk.previous not in (None, entry.previous):
        text = f"entry {entry.number} does not hang on the one before: one of the two was written anew"
        yield Finding(kind="rewritten", text=text, numbers=(entry.number - 1, entry.number))
    if not is_whole:
        walk.bad.append(entry)
    walk.expected, walk.previous = entry.number + 1, entry.digest if is_whole else None


def _gap(kind: str, first: int, last: int) -> Finding:
    names = f"entry {first} is" if first == last else f"entries {first} to {last} are"
    return Finding(kind=kind, text=f"{names} gone", numbers=tuple(range(first, min(last, first + 99) + 1)))


def _explained(bad: list[AuditEntry]) -> Iterator[Finding]:
    """Each row that does not give its digest: exchanged with another, or changed."""
    told: set[int] = set()
    for entry in bad[:MOST_COMPARED]:
        other = next((one for one in bad[:MOST_COMPARED] if one is not entry and _are_exchanged(entry, one)), None)
        if other and entry.number not in told:
            told |= {entry.number, other.number}
            pair = (min(entry.number, other.number), max(entry.number, other.number))
            yield Finding(kind="reordered", text=f"entries {pair[0]} and {pair[1]} changed places", numbers=pair)
    for entry in bad:
        if entry.number not in told:
            text = f"entry {entry.number} ({entry.action}, {entry.created_at:%Y-%m-%d %H:%M}) was changed"
            yield Finding(kind="changed", text=text, numbers=(entry.number,))


def _are_exchanged(one: AuditEntry, other: AuditEntry) -> bool:
    """Whether a row gives its digest under the other's number, or the other's digest in the other's place."""
    if digest_of(one, number=other.number) == one.digest:
        return True
    return digest_of(one, number=other.number, previous=other.previous) == other.digest


def _compared(anchor: Anchor | None, report: Report) -> Iterator[Finding]:
    if anchor is None:
        if report.count:
            yield Finding(kind="anchor", text="no anchor is kept for this chain, so a cut-off end would not be seen")
    elif not anchor.is_sealed:
        yield Finding(kind="anchor", text=f"the anchor at entry {anchor.number} does not bear our seal")
    elif anchor.number > report.last:
        yield replace(_gap("truncated", report.last + 1, anchor.number), kind="truncated")
