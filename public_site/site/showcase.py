"""What the landing page shows of the product: our own components, filled with an example."""

from typing import Any

from django.utils.translation import gettext as _


def showcase() -> dict[str, Any]:
    return {
        "mock_name": "Northstar CRM",
        "hue_class": "hue-teal",
        "mock_nav": _nav(),
        "mock_columns": _columns(),
        "mock_events": _events(),
        "mock_lines": [
            (_("Panels, 40 kW"), "₹14,80,000"),
            (_("Inverter and wiring"), "₹3,60,000"),
            ("CGST + SGST 18%", "₹3,31,200"),
        ],
        "samples": _samples(),
        "steps": _steps(),
    }


def _nav() -> list[tuple[str, str]]:
    icons = ("layout-dashboard", "users", "building", "layout-kanban", "checkbox", "file-invoice", "phone")
    labels = (_("Home"), _("Contacts"), _("Accounts"), _("Deals"), _("Tasks"), _("Invoices"), _("Calls"))
    return list(zip(icons, labels, strict=True))


def _card(title: str, sub: str, value: str, state: str, step: str, owner: str) -> dict[str, str]:
    return {"title": title, "sub": sub, "value": value, "state": state, "step": step, "owner": owner}


def _columns() -> list[dict[str, Any]]:
    return [
        {"name": _("Qualified"), "hue": 8, "count": 13, "sum": "₹2.18 Cr", "cards": [
            _card("Rooftop 120 kW", "Deccan Foods", "₹52,00,000", "today", _("Mail today"), "Meera Joshi"),
            _card("Cold store solar", "Sahyadri Fresh", "₹31,40,000", "ok", _("Visit Fri"), "Kabir Shah"),
        ]},
        {"name": _("Proposal sent"), "hue": 14, "count": 7, "sum": "₹1.42 Cr", "cards": [
            _card("Rooftop 40 kW", "Aarav Nair", "₹18,40,000", "overdue", _("Call overdue 2 d"), "Asha Rao"),
            _card("School campus", "Vidya Niketan", "₹27,90,000", "ok", _("Call Mon"), "Meera Joshi"),
        ]},
        {"name": _("Negotiation"), "hue": 18, "count": 4, "sum": "₹96.5 L", "cards": [
            _card("Textile shed", "Rangoli Mills", "₹44,10,000", "ok", _("Meet Tue"), "Asha Rao"),
        ]},
        {"name": _("Closed won"), "kind": "won", "hue": "", "count": 9, "sum": "₹2.04 Cr", "cards": [
            _card("Petrol pump canopy", "Highway Fuels", "₹12,60,000", "ok", _("Invoice sent"), "Kabir Shah"),
        ]},
    ]  # fmt: skip


def _events() -> list[dict[str, str]]:
    return [
        {"icon": "phone-outgoing", "tone": "good", "when": "10:42", "text": _("Asha Rao called, 6:12 min, recorded")},
        {"icon": "file-text", "tone": "", "when": "10:55", "text": _("Proposal sent, opened twice")},
        {"icon": "arrow-right", "tone": "brand", "when": "11:20", "text": _("Moved to Closed won")},
        {"icon": "file-invoice", "tone": "", "when": "11:21", "text": _("Invoice made from the deal")},
    ]


def _samples() -> list[dict[str, str]]:
    return [
        {"name": "Northstar CRM", "host": "crm.northstar.example", "css": "hue-teal"},
        {"name": "Balkan Desk", "host": "desk.balkan.example", "css": "hue-amber"},
        {"name": "Violet Works", "host": "app.violet.example", "css": "hue-violet"},
    ]


def _steps() -> list[tuple[str, str]]:
    return [
        (_("Sign up"), _("Choose a name and an address, confirm your e-mail.")),
        (_("Make it yours"), _("Logo, colours, sender, domain. You see every change as you make it.")),
        (_("Add a company"), _("Name, country, owner. It works before you have read this line.")),
        (_("Send the invitation"), _("Your client gets a mail from you and starts with a checklist.")),
    ]
