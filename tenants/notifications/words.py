"""Words that are made when somebody reads them, in their language and on their clock."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy

from tenants.kernel.modules import Text


def later(make: Callable[[], str]) -> Text:
    """A text for `notify` that is made once for each reader."""
    return cast(Text, lazy(make, str)())


def clock(moment: datetime) -> Text:
    """A moment as the reader's clock shows it: the time alone where that is today."""
    return later(lambda: _shown(moment))


def _shown(moment: datetime) -> str:
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate()
    return date_format(local, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")
