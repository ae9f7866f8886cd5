"""Comparing many records with each other: only within blocks, and in large blocks only with neighbours."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from tenants.records.duplicates.likeness import LIKELY, likeness
from tenants.records.duplicates.rules import BLOCKS, Facts

LARGE_BLOCK = 12
NEIGHBOURS = 6
Found = dict[tuple[int, int], tuple[int, list[str]]]
"""Score and reasons by the positions of two records."""


def pairs_among(records: Sequence[Facts], *, between: Callable[[], None] = lambda: None) -> Found:
    """Pairs that look like one. `between` is called after each pass: a pulse, a chance to stop."""
    found: Found = {}
    for keys in BLOCKS.values():
        for i, j in _candidates(records, keys):
            if (i, j) not in found:
                score, reasons = likeness(records[i], records[j])
                if score >= LIKELY:
                    found[i, j] = score, reasons
        between()
    return found


def _candidates(records: Sequence[Facts], keys: Callable[[Facts], Iterable[str]]) -> Iterator[tuple[int, int]]:
    """Positions to compare in one pass, the smaller first."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        for key in set(keys(record)):
            blocks[key].append(position)
    for block in blocks.values():
        if len(block) > 1:
            yield from _within(records, block)


def _within(records: Sequence[Facts], block: list[int]) -> Iterator[tuple[int, int]]:
    """Everybody with everybody; in a large block each with the next few by name and address."""
    reach = len(block)
    if reach > LARGE_BLOCK:
        block = sorted(block, key=lambda i: (records[i].name, records[i].company, records[i].emails))
        reach = NEIGHBOURS
    for place, one in enumerate(block):
        for other in block[place + 1 : place + 1 + reach]:
            yield (one, other) if one < other else (other, one)
