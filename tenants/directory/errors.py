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


class CompanySuspended(DomainError):
    code = "company_suspended"
    status = 403
    title = _("This company is suspended")


class DomainNotVerified(Invalid):
    code = "domain_not_verified"
