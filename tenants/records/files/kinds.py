"""What a file is, told from its bytes: what its sender says of it is not believed."""

import re
import unicodedata
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

HEAD_BYTES = 4096
LONGEST_NAME = 180
_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "application/ogg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-executable"),
)
_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_TEXTS = {"csv": "text/csv", "json": "application/json", "md": "text/markdown", "ics": "text/calendar",
          "vcf": "text/vcard"}  # fmt: skip
_MARKUP = re.compile(rb"<\s*(!doctype|html|svg|script|body|head|iframe|\?xml|!--)", re.IGNORECASE)
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
SHOWN_INLINE = PICTURES | {"application/pdf"}
"""What the browser may show by itself. Never markup: it would speak with the company's voice."""


def kind_of(head: bytes, name: str) -> str:
    """The media type of a file that begins with these bytes; its name decides only between kin."""
    ending = PurePosixPath(name.lower()).suffix.removeprefix(".")
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if head[8:12] == b"WEBP" else "audio/wav"
    if head[4:8] == b"ftyp":
        return "image/avif" if head[8:12] in (b"avif", b"avis") else "video/mp4"
    if head.startswith(b"PK\x03\x04"):
        return _OFFICE.get(ending, "application/zip")
    return _text_kind(head, ending)


def _text_kind(head: bytes, ending: str) -> str:
    if b"\x00" in head:
        return "application/octet-stream"
    if _MARKUP.search(head):
        return "image/svg+xml" if b"<svg" in head.lower() else "text/html"
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # not merely a letter cut in two at the end
            return "application/octet-stream"
    return _TEXTS.get(ending, "text/plain")


def clean_name(name: str) -> str:
    """A name for people: no folders, no control or direction signs, not too long, never empty."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    kept = " ".join(kept.split()).strip(". ")
    if len(kept) > LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 12 else kept[:LONGEST_NAME]
    return kept or _("File")
