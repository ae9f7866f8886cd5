"""How a field looks in a list, a card or a property list: small pieces of HTML.

Python, not templates: a page of fifty rows has four hundred of these.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import phonenumbers
from django.utils import timezone
from django.utils.html import format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from tenants.kernel.templatetags.ui import avatar, person, tag
from tenants.kernel.ui.filling import filled
from tenants.records.fields import Address, Field, MultiSelect, Select
from tenants.records.locale import ago, company_currency, day, due_text, moment, money, number
from tenants.records.models import Record
from tenants.records.registry import RecordType, type_of

EMPTY = mark_safe("")
TONES = {"won": "good", "open": "info", "lost": "bad", "hot": "bad", "warm": "warn", "cold": "info",
         "high": "warn", "urgent": "bad", "completed": "good", "paid": "good", "overdue": "bad", "issued": "info",
         "answered": "good", "no_answer": "warn", "failed": "bad", "busy": "warn"}  # fmt: skip


def cell(field: Field, record: Any) -> SafeString:
    """A field of a record, as a list shows it."""
    value = field.value(record)
    if value is None or value in ("", [], {}):
        return EMPTY
    return _DRAWN.get(field.kind, _text)(field, record, value)


def text_of(field: Field, record: Any) -> str:
    """The same without markup, for cards, exports and documents."""
    value = field.value(record)
    if value is None or value in ("", [], {}):
        return ""
    return _SPOKEN.get(field.kind, _plain)(field, record, value)


def _plain(field: Field, record: Any, value: Any) -> str:
    return str(value)


def title_cell(record_type: RecordType, record: Record, second: str = "", url: str = "") -> SafeString:
    """The record's name with its picture, as a link (to `url`, if that is not its page); a second line for phones."""
    name = str(record)
    picture = avatar(name, shape="square" if record_type.is_square else "") if record_type.has_face else EMPTY
    return filled(
        '<a class="name" href="{}" data-open>{}<span class="clip">{}<span class="second">{}</span></span></a>',
        url or record_type.url_of(record),
        picture,
        name,
        second,
    )


def _text(field: Field, record: Any, value: Any) -> SafeString:
    return filled("{}", str(value))


def _select(field: Field, record: Any, value: Any) -> SafeString:
    label = field.text(value) if isinstance(field, Select) else str(value)
    return tag(label, TONES.get(str(value), ""))


def _relation(field: Field, record: Any, value: Any) -> SafeString:
    tone = getattr(value, "tone", None)
    if tone is not None:
        return tag(str(value), tone or "neutral")
    target = type_of(value)
    if target is None:
        return _text(field, record, value)
    shown = person(str(value), shape="square" if target.is_square else "")
    return filled('<a class="soft" href="{}">{}</a>', target.url_of(value), shown)


def _user(field: Field, record: Any, value: Any) -> SafeString:
    return person(str(value))


def _money(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<span class="num">{}</span>', _money_text(field, record, value))


def _money_text(field: Field, record: Any, value: Any) -> str:
    return money(value, getattr(record, "currency", "") or company_currency())


def _email(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<a href="mailto:{}">{}</a>', value, value)


def _phone(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<a class="num" href="tel:{}">{}</a>', value, phone_text(value))


@lru_cache(maxsize=20_000)
def phone_text(value: str) -> str:
    """+919820011842 as +91 98200 11842."""
    try:
        parsed = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _url(field: Field, record: Any, value: Any) -> SafeString:
    return filled(
        '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>',
        value,
        str(value).split("://", 1)[-1].rstrip("/"),
    )


def _datetime(field: Field, record: Any, value: Any) -> SafeString:
    return filled(
        '<time class="num mute" datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        moment(value),
        due_text(value) if value > timezone.now() else ago(value),
    )


def _date(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<time class="num" datetime="{}">{}</time>', value.isoformat(), day(value))


def _boolean(field: Field, record: Any, value: Any) -> SafeString:
    return tag(_("Yes"), "good") if value else tag(_("No"))


def _percent(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<span class="num">{}%</span>', value)


def _number(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<span class="num">{}</span>', number(value))


def _long_text(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<span class="clip" title="{}">{}</span>', Truncator(value).chars(400), Truncator(value).words(20))


def _rich_text(field: Field, record: Any, value: Any) -> SafeString:
    return _long_text(field, record, plain_words(value))


def plain_words(html: str) -> str:
    """The words of a formatted text."""
    return " ".join(strip_tags(html.replace("<", " <")).split())


def _labels(field: Field, record: Any, value: list[str]) -> SafeString:
    names = dict(field.choices) if isinstance(field, MultiSelect) else {}
    tags = format_html_join("", "{}", ((tag(names.get(one, one)),) for one in value))
    return filled('<span class="tags">{}</span>', tags)


def _decimal(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<span class="num">{}</span>', number(value))


def _address(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<span class="clip">{}</span>', _address_text(field, record, value))


def _address_text(field: Field, record: Any, value: Any) -> str:
    return field.text(value) if isinstance(field, Address) else str(value)


def _file(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<a href="/files/{}/" download>{}</a>', value.pk, str(value))


def _json(field: Field, record: Any, value: Any) -> SafeString:
    return filled('<code class="clip">{}</code>', _json_text(field, record, value))


def _json_text(field: Field, record: Any, value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_DRAWN: dict[str, Callable[[Field, Any, Any], SafeString]] = {
    "select": _select, "relation": _relation, "user": _user, "money": _money, "email": _email, "phone": _phone,
    "url": _url, "datetime": _datetime, "date": _date, "boolean": _boolean, "number": _number, "percent": _percent,
    "long_text": _long_text, "rich_text": _rich_text, "multi_select": _labels, "tags": _labels, "decimal": _decimal,
    "address": _address, "file": _file, "json": _json, "team": _text,
}  # fmt: skip
_SPOKEN: dict[str, Callable[[Field, Any, Any], str]] = {
    "money": _money_text,
    "select": lambda f, r, v: str(f.text(v) if isinstance(f, Select) else v),
    "phone": lambda f, r, v: phone_text(v),
    "date": lambda f, r, v: day(v),
    "datetime": lambda f, r, v: moment(v),
    "number": lambda f, r, v: number(v),
    "decimal": lambda f, r, v: number(v),
    "percent": lambda f, r, v: f"{v}%",
    "boolean": lambda f, r, v: str(_("Yes") if v else _("No")),
    "multi_select": lambda f, r, v: f.text(v) if isinstance(f, MultiSelect) else ", ".join(v),
    "tags": lambda f, r, v: ", ".join(v),
    "rich_text": lambda f, r, v: plain_words(v),
    "address": _address_text,
    "json": _json_text,
}
