"""When a number may be called.

The window is the account's (default 09:00 to 21:00, TCCCPR 2010), read on the
clock of the number called: India's for +91, else what the numbering plan says.
"""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import phonenumbers
from django.utils.translation import gettext as _

from tenants.directory.hosts import company_now
from tenants.kernel.errors import Invalid
from tenants.records.locale import company_country
from tenants.voice.models import TelephonyAccount

# One name each: the numbering plan still writes Asia/Calcutta.
ZONES_OF_COUNTRIES = {91: ("Asia/Kolkata",)}


def e164(text: str) -> str:
    """A number that can be dialled, as E.164; without + it is one of the company's country. Raises Invalid."""
    try:
        number = phonenumbers.parse(text, company_country())
    except phonenumbers.NumberParseException as error:
        raise Invalid({"to": [_("Write a phone number with its country code, like +91 98200 11842.")]}) from error
    if not phonenumbers.is_possible_number(number):
        raise Invalid({"to": [_("This number is too short or too long for its country.")]})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def zones_of(number: str) -> tuple[str, ...]:
    """The time zones a number may ring in; the company's own where the plan does not say."""
    from phonenumbers import timezone as number_zones  # a megabyte of prefixes, for those who dial

    parsed = phonenumbers.parse(number)
    known = ZONES_OF_COUNTRIES.get(parsed.country_code or 0) or number_zones.time_zones_for_number(parsed)
    return tuple(zone for zone in known if zone != number_zones.UNKNOWN_TIMEZONE) or (company_now().time_zone,)


def closed_words(account: TelephonyAccount, number: str, now: datetime) -> str:
    """Why the number may not be called now, like "Opens 09:00 Asia/Kolkata"; "" when it may.

    A number that may ring in several zones must be within hours in all of them.
    """
    if not account.enforce_hours:
        return ""
    for zone in zones_of(number):
        if not account.opens_at <= _clock(now, zone) < account.closes_at:
            opens = {"time": f"{account.opens_at:%H:%M}", "zone": zone}
            return _("Outside calling hours: opens %(time)s %(zone)s.") % opens
    return ""


def _clock(now: datetime, zone: str) -> time:
    return now.astimezone(ZoneInfo(zone)).time()
