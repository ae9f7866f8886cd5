from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import Conflict, Denied, DomainError


class EmailTaken(Conflict):
    code = "email_taken"
    title = _("Somebody with this e-mail address is here already")


class LinkInvalid(DomainError):
    code = "link_invalid"
    status = 410
    title = _("This link has been used or has expired")


class TooManyTries(DomainError):
    code = "too_many_tries"
    status = 429
    title = _("Too many tries. Wait a few minutes, then try again.")


class ProveAgain(Denied):
    code = "prove_again"
    title = _("Show once more that it is you, then try again")


class LastOwner(Conflict):
    code = "last_owner"
    title = _("Somebody else has to be an owner first")


class OwnersOnly(Denied):
    code = "owners_only"
    title = _("Only an owner may do this to an owner")


class MoreThanHeld(Denied):
    code = "more_than_held"
    title = _("Nobody can give more rights than they have")
