"""What goes wrong with a delivery."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import ProviderFailed


class Refused(ProviderFailed):
    """The other side said no, and will say so again."""

    code = "refused"
    title: ClassVar[Any] = _("The other side refused it.")


class TryLater(ProviderFailed):
    """The other side asks to come again; `after_seconds` says when, 0 where it did not."""

    code = "try_later"
    title: ClassVar[Any] = _("The other side asked to come again later.")

    def __init__(self, detail: str = "", *, after_seconds: int = 0) -> None:
        super().__init__(detail)
        self.after_seconds = after_seconds


class Gone(ProviderFailed):
    """The address is no more: nothing is sent to it again."""

    code = "gone"
    title: ClassVar[Any] = _("The address does not exist any more.")
