from django.utils.translation import gettext_lazy as _

from tenants.identity.errors import LinkInvalid


class AlreadyConfirmed(LinkInvalid):
    """The link has done its work; `agency_url` is where to go on."""

    title = _("This e-mail address has been confirmed already")

    def __init__(self, agency_url: str) -> None:
        self.agency_url = agency_url
        super().__init__()
