"""What a preview says: figures and examples in words."""

from dataclasses import dataclass

from tenants.records.locale import number
from tenants.records.past.preview import Part, Preview
from tenants.records.past.rewinding import BACK, CHANGE, LEFT, REMOVE, Touched
from tenants.records.registry import RecordType
from tenants.records.timeline import is_told, words_of

MOST_FIELDS = 4
TONES = {BACK: "good", CHANGE: "info", REMOVE: "bad", LEFT: "warn"}


@dataclass(frozen=True)
class Example:
    """One record of a preview. `fields` are label, value of then."""

    title: str
    url: str
    kind: str
    tone: str
    fields: list[tuple[str, str]]
    more: int
    left: str
    who: str


@dataclass(frozen=True)
class Shown:
    part: Part
    figures: list[tuple[str, str]]
    """Kind and number, of those that occur."""
    examples: list[Example]
    who: list[tuple[str, str]]


def shown_parts(preview: Preview) -> list[Shown]:
    return [_shown(part) for part in preview.parts]


def _shown(part: Part) -> Shown:
    figures = [(kind, number(count)) for kind in (BACK, CHANGE, REMOVE, LEFT) if (count := part.counts.get(kind))]
    who = sorted(part.who.items(), key=lambda one: (-one[1], one[0]))
    return Shown(
        part, figures, [_example(part.record_type, one) for one in part.samples],
        [(name or "–", number(count)) for name, count in who],
    )  # fmt: skip


def _example(record_type: RecordType, one: Touched) -> Example:
    fields = record_type.fields
    told = [
        words_of(record_type, n, [v, None]) for n, v in one.before.items() if n in fields and is_told(record_type, n)
    ]
    return Example(
        title=one.title or "–", url=f"{record_type.list_url}{one.id}/past/", kind=one.kind, tone=TONES[one.kind],
        fields=[(label, before) for label, before, _after in told[:MOST_FIELDS]] if one.kind == CHANGE else [],
        more=max(0, len(told) - MOST_FIELDS) if one.kind == CHANGE else 0,
        left=", ".join(fields[name].label for name in one.left if name in fields), who=", ".join(one.who),
    )  # fmt: skip
