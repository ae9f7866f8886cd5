"""Why two records look like one, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _


def reasons_text(reasons: Iterable[str]) -> str:
    words = {
        "email": _("same e-mail"), "email~": _("nearly the same e-mail"), "phone": _("same phone"),
        "domain": _("same web site"), "name": _("similar name"), "company": _("same company"),
    }  # fmt: skip
    return ", ".join(words.get(one, one) for one in reasons)
