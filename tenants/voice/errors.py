from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import Conflict, Invalid


class NoProvider(Conflict):
    code = "no_telephony_provider"
    title = _("No phone provider is connected")

    def __init__(self) -> None:
        super().__init__(fix=str(_("Connect one under Settings, Phone.")))


class OutsideHours(Invalid):
    """The number may not be called at this hour of its own place."""

    code = "outside_calling_hours"

    def __init__(self, words: str) -> None:
        super().__init__({"to": [words]}, words)


class CannotHangUp(Conflict):
    code = "cannot_hang_up"
    title = _("This call cannot be ended from here")
