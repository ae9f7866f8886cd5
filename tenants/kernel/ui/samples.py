"""Made-up content for the style guide."""

from typing import Any

from django import forms

BRANDS = (
    ("Indigo", "#4b45d6"),
    ("Green", "#0a8f5a"),
    ("Orange", "#ff6600"),
    ("Yellow", "#ffd400"),
    ("Crimson", "#c2185b"),
    ("Sky", "#38bdf8"),
    ("Ink", "#1f2430"),
)
PEAKS = tuple((at * 37 % 23) / 23 * (0.4 + (at * 13 % 7) / 10) for at in range(160))
PLANS = (("basic", "Basic"), ("pro", "Pro"), ("all", "Enterprise"))


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As it stands on the invoice")
    email = forms.EmailField(label="E-mail")
    phone = forms.CharField(required=False)
    amount = forms.DecimalField()
    country = forms.ChoiceField(choices=[("in", "India"), ("bg", "Bulgaria"), ("us", "USA")])
    close_on = forms.DateField(required=False, label="Expected close")
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    plan = forms.ChoiceField(widget=forms.RadioSelect, choices=PLANS, initial="pro")
    colour = forms.CharField(initial="#4b45d6")
    logo = forms.FileField(required=False)
    tags = forms.CharField(required=False, initial="solar, school")
    invite = forms.BooleanField(required=False, label="Send the invitation now", help_text="By e-mail, in your brand")
    daily = forms.BooleanField(required=False, initial=True, label="Daily summary")


def context(theme: str) -> dict[str, Any]:
    """Values that the examples name; `theme` keeps ids apart where both themes are shown."""
    wrong = SampleForm({"plan": "basic"}, prefix=f"{theme}-wrong")
    wrong.is_valid()
    return {
        "form": SampleForm(prefix=theme),
        "wrong": wrong,
        "peaks": PEAKS,
        "names": ["Asha Rao", "Kabir Mehta", "Neha Joshi"],
        "views": _views(),
        "layouts": _layouts(),
        "stages": _stages(),
        "steps": _steps(),
        "people": _people(),
        "columns": _columns(),
        "points": [3, 5, 4, 6, 5, 8, 9],
    }


def _views() -> list[dict[str, Any]]:
    return [
        {"label": "All", "count": "12,408", "url": "#", "is_active": True},
        {"label": "Mine", "count": "842", "url": "#"},
        {"label": "Hot, no next step", "count": "31", "url": "#"},
    ]


def _layouts() -> list[dict[str, Any]]:
    return [
        {"label": "List", "icon": "list", "url": "#", "is_active": True},
        {"label": "Board", "icon": "layout-kanban", "url": "#"},
        {"label": "Map", "icon": "map-pin", "url": "#"},
    ]


def _stages() -> list[dict[str, Any]]:
    names = ("New lead", "Qualified", "Meeting", "Proposal", "Won")
    states = ("done", "done", "now", "next", "next")
    return [{"name": name, "state": state} for name, state in zip(names, states, strict=True)]


def _steps() -> list[dict[str, Any]]:
    return [
        {"title": "Add your company's details", "is_done": True},
        {"title": "Import contacts", "text": "From a spreadsheet or another CRM", "url": "#", "action": "Import"},
        {"title": "Invite your colleagues", "text": "They get their own sign-in", "url": "#", "action": "Invite"},
    ]


def _people() -> list[dict[str, str]]:
    keys = ("name", "account", "stage", "tone", "value", "owner")
    rows = (
        ("Priya Nair", "Sunfield Estates", "Qualified", "info", "₹18,40,000", "Kabir Mehta"),
        ("Daniel Okafor", "Lumen Hospitals", "Negotiation", "warn", "₹42,50,000", "Asha Rao"),
        ("Елена Иванова", "Varna Foods", "Won", "good", "₹5,40,000", "Kabir Mehta"),
        ("अनन्या अय्यर", "Iyer & Partners", "Lost", "bad", "₹1,50,000", "Neha Joshi"),
    )
    return [dict(zip(keys, row, strict=True)) for row in rows]


def _columns() -> list[dict[str, Any]]:
    return [
        _column("New lead", 14, [("Rooftop 120 kW", "Desai Textiles", "₹3,10,000", "none", "")]),
        _column(
            "Qualified",
            16,
            [
                ("Estate phase 2", "Sunfield Estates", "₹18,40,000", "overdue", "Call overdue 2 d"),
                ("Coop battery bank", "Plovdiv Solar Coop", "₹12,80,000", "ok", "Demo Thu"),
                ("Cold store panels", "Varna Foods", "₹5,40,000", "today", "Mail today"),
            ],
        ),
        _column("Proposal sent", 2, []),
    ]


def _column(name: str, hue: int, cards: list[tuple[str, str, str, str, str]]) -> dict[str, Any]:
    keys = ("title", "sub", "value", "step_state", "step_text")
    return {
        "id": name.lower().replace(" ", "-"),
        "name": name,
        "hue": hue,
        "cards": [
            dict(zip(keys, card, strict=True), id=card[0], url="#", owner="Asha Rao", move_url="?show=toast")
            for card in cards
        ],
    }
