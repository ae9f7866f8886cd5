"""How the record of tries names its codes."""

from django.utils.translation import gettext as _


def method_word(method: str) -> str:
    return {
        "password": _("Password"),
        "link": _("Mailed link"),
        "passkey": _("Passkey"),
        "sso": _("Single sign-on"),
        "welcome": _("Invitation"),
        "second": _("Second factor"),
        "switch": _("From another company"),
    }.get(method, method)


def reason_word(reason: str) -> str:
    return {
        "credentials": _("Unknown address or wrong password"),
        "tries": _("Too many tries"),
        "code": _("Wrong code"),
        "passkey": _("Passkey not accepted"),
        "link": _("Link used or expired"),
        "network": _("Not from an allowed network"),
        "sso": _("Refused after single sign-on"),
        "sso only": _("Only single sign-on is allowed"),
    }.get(reason, reason)
