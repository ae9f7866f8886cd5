"""A published Google Sheet, fetched as CSV from Google's own hosts and from nowhere else."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from time import monotonic
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from tenants.kernel import outbound
from tenants.kernel.errors import Invalid
from tenants.records.importing.limits import most_bytes

MOST_SECONDS = 60
MOST_REDIRECTS = 4
SHEET = re.compile(r"^/spreadsheets/d/([A-Za-z0-9_-]+)")
PUBLISHED = re.compile(r"^/spreadsheets/d/e/[A-Za-z0-9_-]+/pub")


class BadLink(Invalid):
    def __init__(self, why: str) -> None:
        super().__init__({"url": [why]}, detail=why)


@contextmanager
def fetched(url: str) -> Iterator[BinaryIO]:
    """The sheet in a temporary file, gone afterwards. Raises BadLink."""
    address = csv_address(url)
    with TemporaryFile() as file:
        _fetch(address, file)
        file.seek(0)
        yield file


def csv_address(url: str) -> str:
    """Where the sheet is to be had as CSV: links to publish, share and edit are understood. Raises BadLink."""
    parts = urlsplit(url.strip())
    if not _is_allowed(parts.scheme, parts.netloc, settings.IMPORT_SHEET_ORIGINS):
        raise BadLink(_("Give a link that begins with https://docs.google.com/spreadsheets/."))
    query = parse_qs(parts.query)
    sheet = query.get("gid", [""])[0] or parse_qs(parts.fragment).get("gid", [""])[0]
    gid = f"&gid={sheet}" if sheet.isdecimal() else ""
    origin = f"{parts.scheme}://{parts.netloc}"
    if PUBLISHED.match(parts.path):
        return f"{origin}{parts.path.removesuffix('html')}?output=csv{gid}{'&single=true' if gid else ''}"
    found = SHEET.match(parts.path)
    if not found:
        raise BadLink(
            _("This is no link to a sheet. In Google Sheets choose File, Share, Publish to web, and copy that link.")
        )
    return f"{origin}/spreadsheets/d/{found[1]}/export?format=csv{gid}"


def _is_allowed(scheme: str, host: str, origins: "list[str]") -> bool:
    return f"{scheme}://{host}".lower() in origins


def _may_follow(url: str) -> bool:
    scheme, host = urlsplit(url)[:2]
    is_google = scheme == "https" and host.lower().endswith(".googleusercontent.com")
    return is_google or _is_allowed(scheme, host, settings.IMPORT_SHEET_ORIGINS)


def _fetch(address: str, file: "object") -> None:
    """Through the guard, and each hop must be Google's besides."""
    until = monotonic() + MOST_SECONDS
    trusted = settings.IMPORT_SHEET_ORIGINS
    try:
        with outbound.stream(
            "GET", address, trusted=trusted, may_follow=_may_follow, redirects=MOST_REDIRECTS
        ) as response:
            _keep(response, file, until)
    except outbound.NotAllowed as error:
        raise BadLink(
            _("This sheet is not published. In Google Sheets choose File, Share, Publish to web, CSV.")
        ) from error
    except outbound.NotReachable as error:
        raise BadLink(_("Google Sheets could not be reached. Try again in a minute.")) from error


def _keep(response: httpx.Response, file: "object", until: float) -> None:
    if response.status_code != 200:
        raise BadLink(
            _("Google Sheets says there is no such sheet, or it is not published (%(n)d).")
            % {"n": response.status_code}
        )
    if "html" in response.headers.get("content-type", ""):
        raise BadLink(_("This sheet is not published. In Google Sheets choose File, Share, Publish to web, CSV."))
    size = 0
    for piece in response.iter_bytes(64 * 1024):
        size += len(piece)
        if size > most_bytes():
            raise BadLink(
                _("This sheet is too large: at most %(most)s MB can be imported.") % {"most": most_bytes() // 1024**2}
            )
        if monotonic() > until:
            raise BadLink(_("Google Sheets answers too slowly. Try again in a minute."))
        file.write(piece)  # type: ignore[attr-defined]
