"""How much an import takes on, so that no file can fill the memory of a worker."""

from django.conf import settings
from django.utils.translation import gettext as _

from tenants.kernel.errors import Invalid

MOST_COLUMNS = 1_000
MOST_LINE = 1_000_000
MOST_CELL = 131_072
MOST_ROW_PARTS = 5_000
"""Values in one object of a JSON or XML file."""
MOST_STRINGS = 64 * 1024 * 1024
"""Bytes of a workbook's table of texts, the one part that has to be held in memory."""
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_RATIO = 200
RATIO_FROM = 1024 * 1024
"""Small members may shrink as much as they like."""
HEAD_ROWS = 200
HEAD_BYTES = 256 * 1024
BATCH = 1_000


class BadFile(Invalid):
    """A file that cannot be read, and what to do about it."""

    def __init__(self, why: str) -> None:
        super().__init__({"file": [why]}, detail=why)


def most_bytes() -> int:
    return int(settings.IMPORT_MOST_BYTES)


def check_size(size: int) -> None:
    """Raises BadFile for nothing and for too much."""
    if size == 0:
        raise BadFile(_("This file is empty. Choose one that has a line of column names and at least one row."))
    if size > most_bytes():
        raise BadFile(
            _("This file has %(now)s MB; at most %(most)s MB can be imported at once. Split it into several files.")
            % {"now": round(size / 1024 / 1024), "most": round(most_bytes() / 1024 / 1024)}
        )


def check_columns(count: int) -> None:
    if count > MOST_COLUMNS:
        raise BadFile(
            _("This file has %(now)d columns; at most %(most)d can be imported. Leave out those you do not need.")
            % {"now": count, "most": MOST_COLUMNS}
        )
