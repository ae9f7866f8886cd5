"""What of people and programs ends when a company is erased, or goes to another agency."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.directory.enums import VisitState
from tenants.directory.models import Agency, Company, SupportVisit
from tenants.fleet.lifecycle.rooms import on_erase, on_transfer
from tenants.identity.actions import audit
from tenants.identity.auditing.hiding import hide_entries_about
from tenants.identity.models import ApiKey, OAuthAccess, OAuthClient, ScimClient, Session, User
from tenants.identity.remembered import forget_keys
from tenants.identity.support.visits import end_visit
from tenants.identity.switching.index import rebuild
from tenants.kernel import context

CHUNK = 4 * 1024 * 1024


@on_erase
def hide_audit(company: Company) -> list[str]:
    """Lines in the audits of agency and platform stay, what they name of the company does not."""
    count = hide_entries_about(company.pk, by=context.actor())
    return [f"{count:,} audit lines in public made unreadable"]


@on_erase
def blank_logs(company: Company) -> list[str]:
    """E-mail addresses of its people in log files become stars of the same length, so that writers need not stop."""
    with context.inside(company.place):
        words = {email.encode() for email in User.objects.values_list("email", flat=True) if email}
    words.add(company.owner_email.encode())
    count = sum(_blanked(file, words) for file in sorted((settings.DATA_DIR / "logs").glob("*.log*")))
    return [f"{count:,} addresses in log files"]


def _blanked(file: Path, words: Iterable[bytes]) -> int:
    """How many places; in pieces that overlap by the longest word."""
    longest, count, start = max(map(len, words)), 0, 0
    with file.open("r+b") as log:
        while piece := log.read(CHUNK):
            count += sum(_stars(log, start, piece, word) for word in words)
            start += max(len(piece) - longest, 1) if len(piece) == CHUNK else len(piece)
            log.seek(start)
    return count


def _stars(log: "object", start: int, piece: bytes, word: bytes) -> int:
    count, at = 0, piece.find(word)
    while at >= 0:
        log.seek(start + at)  # type: ignore[attr-defined]
        log.write(b"*" * len(word))  # type: ignore[attr-defined]
        count, at = count + 1, piece.find(word, at + len(word))
    return count


@on_transfer
def end_visits_of_the_former(company: Company, former: Agency) -> list[str]:
    """Whoever of the former agency is inside, or may come in, is out."""
    open_states = (VisitState.ASKED, VisitState.AGREED, VisitState.INSIDE)
    rows = SupportVisit.objects.filter(company=company, home_chain=str(former.pk), state__in=open_states)
    for visit in rows.select_related("company"):
        end_visit(visit=visit, by=context.actor())
    return []


@on_transfer
def find_people_anew(company: Company, former: Agency) -> list[str]:
    """The index of who works where belongs to an agency."""
    rebuild(company)
    return []


@on_transfer
def end_what_programs_hold(company: Company, former: Agency) -> list[str]:
    """Keys, tokens, secrets of apps and directories, sessions, invitations: none of them opens anything any more."""
    now = timezone.now()
    with context.inside(company.place):
        keys = ApiKey.objects.filter(revoked_at=None).update(revoked_at=now, updated_at=now)
        ended = OAuthAccess.objects.filter(revoked_at=None)
        ended.update(revoked_at=now, digest="", refresh_digest="", updated_at=now)
        apps = OAuthClient.objects.filter(~Q(digest="") | ~Q(former_digest=""))
        secrets = apps.update(digest="", former_digest="", former_until=None, updated_at=now)
        directories = ScimClient.objects.filter(revoked_at=None).update(revoked_at=now, updated_at=now)
        Session.objects.all().delete()
        _end_invitations()
        forget_keys()
        audit("company.transferred", by=context.actor(), keys=keys, apps=secrets, directories=directories)
    return _to_renew(keys, secrets, directories)


def _end_invitations() -> None:
    """The former agency could read the links of those who had not joined."""
    for user in User.objects.filter(verified_at=None, is_active=True):
        user.set_unusable_password()  # another text, so that links made over the former one open nothing
        user.save(update_fields=["password", "updated_at"])


def _to_renew(keys: int, secrets: int, directories: int) -> list[str]:
    lines = [
        (keys, ngettext("%(n)d API key ended: make a new one.", "%(n)d API keys ended: make new ones.", keys)),
        (secrets, ngettext("%(n)d app needs a new secret.", "%(n)d apps need new secrets.", secrets)),
        (
            directories,
            ngettext("%(n)d directory needs a new token.", "%(n)d directories need new tokens.", directories),
        ),
    ]
    told = [text % {"n": count} for count, text in lines if count]
    return [*told, _("Apps that people had connected have to be connected again.")]
