from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import Conflict, DomainError, Invalid


class SlugTaken(Conflict):
    code = "slug_taken"

    def __init__(self, slug: str) -> None:
        super().__init__(
            str(_("The address “%(slug)s” is taken.")) % {"slug": slug},
            field="slug",
            fix=str(_("Choose another address.")),
        )


class HostTaken(Conflict):
    code = "host_taken"

    def __init__(self, host: str) -> None:
        super().__init__(
            str(_("%(host)s already belongs to somebody here.")) % {"host": host},
            field="host",
            fix=str(_("Use another domain, or remove it where it is used now.")),
        )


class HostKeptBack(HostTaken):
    """It was somebody else's until lately."""

    code = "host_kept_back"

    def __init__(self, host: str, until: datetime) -> None:
        words = _("%(host)s was somebody else’s until lately and is kept back until %(day)s.")
        told = str(words) % {"host": host, "day": date_format(until, "j F Y")}
        Conflict.__init__(self, told, field="host", fix=str(_("Use another domain, or come back then.")))


class CompanySuspended(DomainError):
    code = "company_suspended"
    status = 403
    title = _("This company is suspended")


class CompanyMoving(DomainError):
    """For a minute; whoever asks should ask again."""

    code = "company_moving"
    status = 503
    title = _("This company is being moved")


class CompanyClosed(DomainError):
    code = "company_closed"
    status = 403
    title = _("This company is closed")


class CompanyGone(DomainError):
    code = "company_gone"
    status = 410
    title = _("This company has been erased")


class DomainNotVerified(Invalid):
    code = "domain_not_verified"
