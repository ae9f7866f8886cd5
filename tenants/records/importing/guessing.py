"""Which field a column is, and how its dates and numbers are written, from its name and its values."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from tenants.records.importing.plan import Column
from tenants.records.importing.targets import FULL_NAME, ID, Target
from tenants.records.locale import company_country
from tenants.records.registry import RecordType

LIKELY = 88
MOST_PART = 0.8
DATE_FORMATS = (
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y",
    "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%Y%m%d",
)  # fmt: skip
MONTH_FIRST = {"US", "PH", "PW", "FM", "MH"}
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
PHONE = re.compile(r"^\+?[\d\s().\-/]{7,20}$")
WEB = re.compile(r"^(https?://|www\.)\S+$", re.IGNORECASE)
UUID_SHAPE = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.IGNORECASE)
COMMA_DECIMAL = re.compile(r"^-?(\d{1,3}([. '\u00a0\u202f]\d{3})+|\d+),\d{1,4}$")
COMMA_UNSURE = re.compile(r"^-?\d{1,3},\d{3}$")
WORDS = Path(__file__).resolve().parents[1] / "data" / "headers.txt"


@cache
def synonyms() -> Mapping[str, list[str]]:
    """What other systems and languages call our fields."""
    lines = (line.partition(":") for line in WORDS.read_text().splitlines() if not line.startswith("#"))
    return {name: [plain(word) for word in words.split(",")] for name, _colon, words in lines}


def plain(text: str) -> str:
    """A header as it is compared: small letters, words, nothing between them."""
    apart = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    return " ".join(re.sub(r"[\W_]+", " ", apart.casefold()).split())


def guess_columns(
    record_type: RecordType, targets: Mapping[str, Target], headers: Sequence[str], samples: Sequence[Sequence[Any]],
    remembered: Mapping[str, str],
) -> list[Column]:  # fmt: skip
    """One column for each header; a field is given once, to the column that fits it best."""
    values = [
        [str(row[i]).strip() for row in samples if i < len(row) and str(row[i]).strip()] for i in range(len(headers))
    ]
    chosen: dict[int, str] = {}
    for i, header in enumerate(headers):
        if header in remembered and (not remembered[header] or remembered[header] in targets):
            chosen[i] = remembered[header]
    for likely in (_by_name(targets), _by_likeness(targets), _by_values(targets)):
        for i, header in enumerate(headers):
            if i not in chosen:
                found = likely(header, values[i])
                if found and found not in chosen.values():
                    chosen[i] = found
    if {"first_name", "last_name"} & set(chosen.values()):
        chosen = {i: "" if target == FULL_NAME else target for i, target in chosen.items()}
    return [_column(header, chosen.get(i, ""), targets, values[i]) for i, header in enumerate(headers)]


def _column(header: str, target: str, targets: Mapping[str, Target], values: list[str]) -> Column:
    kind = targets[target].kind if target in targets else ""
    dates = date_format(values) if kind in ("date", "datetime") else ""
    decimals = decimal_sign(values) if kind in ("money", "decimal", "number", "percent") else "."
    return Column(header, target, dates, decimals)


def _by_name(targets: Mapping[str, Target]) -> Any:
    """Our own names first, then the words that other systems use."""
    ours: dict[str, str] = {}
    for name, target in targets.items():
        ours.setdefault(plain(name), name)
        ours.setdefault(plain(target.label), name)
    for name, words in synonyms().items():
        if name in targets:
            for word in words:
                ours.setdefault(word, name)

    def find(header: str, values: list[str]) -> str:
        found = ours.get(plain(header), "")
        if found and targets[found].kind == "text" and _mostly(values, EMAIL):
            return ""
        return "external_id" if found == ID and "external_id" in targets and not _mostly(values, UUID_SHAPE) else found

    return find


def _by_likeness(targets: Mapping[str, Target]) -> Any:
    labels = {name: plain(target.label) for name, target in targets.items()}

    def find(header: str, values: list[str]) -> str:
        if len(plain(header)) < 4:
            return ""
        best = process.extractOne(plain(header), labels, scorer=fuzz.ratio, score_cutoff=LIKELY)
        return str(best[2]) if best else ""

    return find


def _by_values(targets: Mapping[str, Target]) -> Any:
    by_kind = {
        kind: name
        for name, target in reversed(list(targets.items()))
        if (kind := target.kind) in ("email", "phone", "url")
    }

    def find(header: str, values: list[str]) -> str:
        for kind, shape in (("email", EMAIL), ("url", WEB)):
            if _mostly(values, shape):
                return by_kind.get(kind, "")
        is_phone = _mostly(values, PHONE) and any(value.startswith("+") for value in values)
        return by_kind.get("phone", "") if is_phone else ""

    return find


def _mostly(values: list[str], shape: "re.Pattern[str]") -> bool:
    return bool(values) and sum(bool(shape.match(value)) for value in values) >= MOST_PART * len(values)


def date_format(values: Sequence[str]) -> str:
    """The way of writing that fits most values; where day and month could be either, the country decides."""
    days = [re.split(r"[T ](?=\d{1,2}:)", value)[0].strip() for value in values]
    is_month_first = company_country() in MONTH_FIRST
    fits: Counter[str] = Counter({form: sum(reads(day, form) for day in days) for form in DATE_FORMATS})
    return max(
        DATE_FORMATS, key=lambda form: (fits[form], form.startswith("%m") == is_month_first, -DATE_FORMATS.index(form))
    )


def reads(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def decimal_sign(values: Sequence[str]) -> str:
    """A comma when numbers are written 1.234,50 or 12,5, and none of them says otherwise."""
    cleaned = [re.sub(r"[^\d.,\-' \u00a0\u202f]", "", value).strip() for value in values]
    sure = [value for value in cleaned if COMMA_DECIMAL.match(value) and not COMMA_UNSURE.match(value)]
    points = [value for value in cleaned if re.search(r"\.\d{1,2}$", value)]
    return "," if sure and not points else "."
