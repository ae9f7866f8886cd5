"""What doors, verdicts and findings are called. The rooms that attack speak in short names."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.fleet.models import Verdict

Words = str | Promise
DOORS: dict[str, tuple[Words, Words]] = {
    "database": (_("Database"), _("Statements that name another company’s tables, sent with this company’s role.")),
    "pages": (_("Pages"), _("Every page that takes an id, by every method, with ids of another company.")),
    "api": (_("API"), _("Every operation that takes an id, and records that point at another company’s.")),
    "hosts": (_("Hosts"), _("Every list, asked for with headers and words that name another company.")),
    "passes": (
        _("Sessions and keys"),
        _("Session, key, app token, mailed link and file link, shown at another company."),
    ),
    "search": (
        _("Search and lists"),
        _("Search, suggestions, lists and filters, with words only another company has."),
    ),
    "cache": (_("Cache"), _("Pages of another company first, then our own; the same names in both.")),
    "files": (_("Files"), _("Files by name, by every way up and across the folders, by guessed addresses.")),
    "jobs": (_("Background work"), _("Messages without a company, for a suspended one, and about another’s work.")),
    "exports": (_("Exports"), _("Everything taken out of one company, looked through for another’s words.")),
    "signed": (_("Signed and encrypted values"), _("What one company signed or locked, brought to another.")),
    "websockets": (_("Websockets"), _("There are none yet.")),
}
VERDICTS: dict[str, tuple[Words, str, str]] = {
    Verdict.GREEN: (_("Nothing got through"), "good", "shield-check"),
    Verdict.RED: (_("Something got through"), "bad", "alert-triangle"),
    Verdict.UNCLEAR: (_("Not proven"), "warn", "alert-circle"),
    "absent": (_("Not there yet"), "", "clock"),
}
"""Words, tone and icon."""
WHATS: dict[str, Words] = {
    "shown": _("Something of the other company stood in the answer."),
    "told_apart": _("An id of the other company was answered otherwise than one that nobody has."),
    "read": _("The server read the other company’s tables; they were not shown."),
    "written": _("The server would have changed the other company’s tables; it was taken back."),
    "let_in": _("What should have been refused was let through."),
}
KNOWN: dict[str, Words] = {
    "T16": _(
        "Whoever can run a statement of their own in the database could put off the company’s role."
        " No part of the program makes statements out of text."
    ),
}
"""Gaps that are known and told, as they stood that night: open or closed."""
