"""What can be wrong with endpoints and hooks."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import Conflict


class NothingToSend(Conflict):
    """A delivery that waits anyway, or whose endpoint takes none."""

    code = "nothing_to_send"
    title: ClassVar[str | Promise] = _("This cannot be sent again now.")
