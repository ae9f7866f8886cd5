"""Zip files, looked at with care: what they say of their sizes is not believed."""

import io
import zipfile
import zlib
from typing import BinaryIO

from django.utils.translation import gettext as _

from tenants.records.importing.limits import MOST_RATIO, MOST_UNPACKED, RATIO_FROM, BadFile

LOCAL_HEADER = 30
PIECE = 256 * 1024
MOST_MEMBERS = 200_000
"""A whole company brings each of its files as one."""


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """An archive whose every member was unpacked once, to nowhere, within bounds. Raises BadFile.

    Archives inside it count as what they are, bytes; they are never opened.
    """
    try:
        archive = zipfile.ZipFile(file)
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise BadFile(_("This archive holds too many files."))
        total, stored, length = 0, 0, file.seek(0, io.SEEK_END)
        for member in members:
            size = _size(file, member)
            if member.compress_type == zipfile.ZIP_STORED:
                stored += size
            else:
                total += size
            # What is not packed takes its own place: more of it than there is means that members share theirs.
            if total > MOST_UNPACKED or stored > length:
                raise _bomb()
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError) as error:
        raise BadFile(_("This file is damaged or locked by a password. Save it again and upload that.")) from error
    return archive


def _bomb() -> BadFile:
    return BadFile(_("This file unpacks to far more than it should. Save the table as CSV and upload that instead."))


def _size(file: BinaryIO, member: zipfile.ZipInfo) -> int:
    """How much a member really unpacks to, whatever the archive's directory says."""
    if member.flag_bits & 1:
        raise BadFile(_("This file is locked by a password. Save it without one and upload that."))
    if member.compress_type == zipfile.ZIP_STORED:
        return member.compress_size
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise BadFile(_("This file is packed in an unusual way. Save the table as CSV and upload that instead."))
    file.seek(member.header_offset)
    head = file.read(LOCAL_HEADER)
    skipped = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    file.seek(member.header_offset + LOCAL_HEADER + skipped)
    most = max(RATIO_FROM, member.compress_size * MOST_RATIO)
    return _unpacked(file, member.compress_size, most)


def _unpacked(file: BinaryIO, packed: int, most: int) -> int:
    unpacker, size = zlib.decompressobj(-15), 0
    while packed > 0 and not unpacker.eof:
        piece = file.read(min(PIECE, packed))
        if not piece:
            break
        packed -= len(piece)
        while piece and not unpacker.eof:
            size += len(unpacker.decompress(piece, PIECE))
            piece = unpacker.unconsumed_tail
            if size > most or size > MOST_UNPACKED:
                raise _bomb()
    return size
