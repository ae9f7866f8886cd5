"""Template tags of the interface. Cheap enough for table cells, unlike components.

{% icon "phone" %}  {% avatar name shape="square" size="large" %}  {% tag "Qualified" "info" %}
{% next_step "overdue" "Call overdue 2 d" %}  {% asset "app.css" %}  {% repeat "title" %}
{% kept "records/_actions.html" name=type.name edit=may.edit %}  {% swap %}
"""

import secrets
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms.boundfield import BoundField, BoundWidget
from django.template.context import Context
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenants.kernel.ui import drawing, fields, people

register = template.Library()

# A page says the same names, tags and icons again and again; `typed`, so that a text which is
# already safe is never taken for one that is not.
remembered = lru_cache(maxsize=8_000, typed=True)

THEMES = ("light", "dark")
LINK = ("label", "url", "icon", "is_active", "count", "key")
DOT = mark_safe("<i></i>")
SWAP = mark_safe(
    'hx-target="#listing" hx-select="#listing" hx-swap="outerHTML show:none" hx-push-url="true" hx-indicator="#listing"'
)
NEXT_STEP_ICONS = {"overdue": "alert-triangle", "today": "clock", "ok": "check", "none": "plus"}
NEXT_STEP_TONES = {"overdue": "bad", "today": "warn", "ok": "good", "none": ""}


def plain(text: Any) -> str:
    """Words that wait for a language, said in the reader's; a text stays as safe as it is."""
    return text if isinstance(text, str) else str(text)


register.filter("hue", people.hue)
register.filter("initials", people.initials)
register.filter("field_kind", fields.kind_of)
register.filter("wave_path", drawing.wave_path)


@register.simple_tag
def asset(name: str) -> str:
    """The URL of a built file; error pages need one even where the manifest is missing."""
    return _asset_url(name) if not settings.DEBUG else static(name)


@cache
def _asset_url(name: str) -> str:
    try:
        return static(name)
    except ValueError:
        return f"{settings.STATIC_URL}{name}"


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A Tabler outline icon of the sprite; `label` names it where no word stands beside."""
    return _icon(name, plain(label), css)


@remembered
def _icon(name: str, label: str, css: str) -> SafeString:
    if not name:
        return mark_safe("")
    naming: SafeString | str = mark_safe('aria-hidden="true"')
    if label:
        naming = format_html('role="img" aria-label="{}"', label)
    return format_html(
        '<svg class="icon{}" {}><use href="{}#{}"></use></svg>',
        f" {css}" if css else "",
        naming,
        asset("icons.svg"),
        name,
    )


@register.simple_tag
def avatar(name: str, shape: str = "", size: str = "", image: str = "") -> SafeString:
    """Letters or a picture. `shape="square"` for organisations; sizes medium and large."""
    return _avatar(plain(name or ""), shape, size, image)


@remembered
def _avatar(name: str, shape: str, size: str, image: str) -> SafeString:
    css = " ".join(filter(None, ("avatar", shape, size, f"hue-{people.hue(name)}")))
    if image:
        return format_html('<span class="{}"><img src="{}" alt="" loading="lazy"></span>', css, image)
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, people.initials(name))


@register.simple_tag
def person(name: str, shape: str = "", image: str = "") -> SafeString:
    """Avatar and name in one line, for cells."""
    return _person(plain(name or ""), shape, image)


@remembered
def _person(name: str, shape: str, image: str) -> SafeString:
    if not name:
        return mark_safe('<span class="mute">–</span>')
    return format_html(
        '<span class="person">{}<span class="clip">{}</span></span>',
        avatar(name, shape=shape, image=image),
        name,
    )


@register.simple_tag
def tag(text: str, tone: str = "", icon_name: str = "") -> SafeString:
    """A small label. Tones: good, warn, bad, info, brand; a dot unless an icon is named."""
    return _tag(plain(text), tone, icon_name)


@remembered
def _tag(text: str, tone: str, icon_name: str) -> SafeString:
    sign = icon(icon_name) if icon_name else DOT if tone else ""
    css = f"tag {tone}" if tone else "tag"
    return format_html('<span class="{}">{}<span class="clip">{}</span></span>', css, sign, text)


@register.simple_tag
def next_step(state: str = "none", text: str = "") -> SafeString:
    """What comes next on a card: overdue, today, ok or none; a shape beside the colour."""
    return tag(text or str(_("Plan next step")), NEXT_STEP_TONES.get(state, ""), NEXT_STEP_ICONS.get(state, "plus"))


@register.simple_tag
def spark(values: Sequence[float], is_area: bool = False) -> str:
    """Path data of a small line chart, or of the area under it."""
    return drawing.spark_path(values, is_area=is_area)


@register.simple_tag
def limit_tone(value: float | str, warn: float | str = "", bad: float | str = "") -> str:
    """The tone of a used limit: good, from `warn` on warn, from `bad` on bad."""
    used = float(value or 0)
    if bad and used >= float(bad):
        return "bad"
    return "warn" if warn and used >= float(warn) else "good"


@register.simple_tag
def clock(seconds: float | str) -> str:
    """A length of time as on a player: 6:12."""
    whole = int(float(seconds or 0))
    return f"{whole // 60}:{whole % 60:02d}"


@register.simple_tag(takes_context=True)
def theme_attrs(context: Context) -> SafeString:
    """The theme attributes of <html>, from the cookie; theme.js settles "auto"."""
    request = context.get("request")
    wish = request.COOKIES.get("theme", "auto") if request is not None else "auto"
    wish = wish if wish in THEMES else "auto"
    return format_html('data-theme="{}" data-bs-theme="{}"', wish, wish if wish != "auto" else "light")


@register.simple_tag(takes_context=True)
def repeat(context: Context, name: str) -> str:
    """What the page put into a block, once more: the title stands in <title> and in the bar."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    return block.nodelist.render(context).strip() if block else ""


@register.simple_tag
def uid(prefix: str = "u") -> str:
    """An id for this one place in the page."""
    return f"{prefix}-{secrets.token_hex(4)}"


@register.simple_tag
def control(field: BoundField, kind: str = "", placeholder: str = "") -> SafeString:
    """A form field's widget in our look."""
    extra = {"placeholder": placeholder} if placeholder else {}
    return fields.control(field, kind, **extra)


@register.simple_tag
def options(field: BoundField) -> list[BoundWidget]:
    """The choices of a field as radio or checkbox cards."""
    is_single = fields.kind_of(field) == "choices"
    field.field.widget.attrs.setdefault("class", "tick round" if is_single else "tick")
    return list(field)


@register.simple_tag
def tag_values(field: BoundField) -> list[str]:
    """The values of a tags field: its list, or a comma-separated text."""
    value = field.value()
    found = value.split(",") if isinstance(value, str) else list(value or ())
    return [str(one).strip() for one in found if str(one).strip()]


@register.simple_tag
def links(template_name: str, nav: Sequence[Any]) -> SafeString:
    """The navigation as a template draws it: once for each way it can look, not for each page."""
    sections = tuple(
        (str(_one(section, "label")), bool(_one(section, "is_foot")), tuple(map(_link, _part(section, "items"))))
        for section in nav or ()
    )
    draw = _links.__wrapped__ if settings.DEBUG else _links
    return draw(template_name, get_language(), sections)


@remembered
def _links(template_name: str, language: str, sections: tuple[Any, ...]) -> SafeString:
    nav = [
        {"label": label, "is_foot": is_foot, "items": [dict(zip(LINK, one, strict=True)) for one in items]}
        for label, is_foot, items in sections
    ]
    return render_to_string(template_name, {"nav": nav})


def _link(item: Any) -> tuple[Any, ...]:
    return tuple(one if isinstance(one, bool) else str(one or "") for one in (_one(item, name) for name in LINK))


def _one(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


@register.simple_tag
def kept(template_name: str, **values: Any) -> SafeString:
    """A piece of a page that these texts, numbers and yeses alone decide: drawn once for each way it can look."""
    # Plain texts, even where one was safe: of two that are equal the other may not be.
    shown = tuple((name, one if isinstance(one, int) else str(one or "") + "") for name, one in values.items())
    draw = _kept.__wrapped__ if settings.DEBUG else _kept
    return draw(template_name, get_language(), shown)


@remembered
def _kept(template_name: str, language: str, values: tuple[tuple[str, Any], ...]) -> SafeString:
    return render_to_string(template_name, dict(values))


@register.simple_tag
def swap() -> SafeString:
    """Attributes of links and forms that change the list in place."""
    return SWAP


@register.simple_tag
def bottom_items(nav: Sequence[Any], count: int = 4) -> list[Any]:
    """The first items of the navigation, for the phone's bottom bar."""
    items = [item for section in nav or () for item in _part(section, "items")]
    return items[:count]


def _part(section: Any, name: str) -> list[Any]:
    found = section.get(name, ()) if isinstance(section, dict) else getattr(section, name, ())
    return list(found() if callable(found) else found)
