"""XML as it streams, with a tree that cannot grow: no entities, bounded depth, breadth and text."""

import zipfile
from collections.abc import Container, Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from tenants.kernel.modules import Text
from tenants.records.importing.limits import BadFile

MOST_DEPTH = 50
MOST_CHILDREN = 5_000
MOST_QUIET = 8 * 1024 * 1024


class Watched:
    """A file that gives up when much of it is read without anything coming of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.quiet = file, 0

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.quiet += len(piece)
        if self.quiet > MOST_QUIET:
            raise BadFile(_("One of the values in this file is far too long."))
        return piece

    def heard(self) -> None:
        self.quiet = 0


def tag_of(node: Element) -> str:
    """Its name, without the namespace."""
    return str(node.tag).rpartition("}")[2]


def events(file: IO[bytes], cut: Container[str], words: Text) -> Iterator[tuple[str, Element, int]]:
    """(start or end, element, depth). Elements named in `cut` leave the tree when they end. Raises BadFile(words)."""
    watched, parents = Watched(file), list[Element]()
    try:
        for event, node in iterparse(watched, events=("start", "end"), forbid_dtd=True):
            watched.heard()
            if event == "start":
                if len(parents) > MOST_DEPTH or (parents and len(parents[-1]) > MOST_CHILDREN):
                    raise BadFile(_("This file is nested too deeply, or one of its rows has far too many values."))
                parents.append(node)
                yield event, node, len(parents)
                continue
            depth = len(parents)
            parents.pop()
            yield event, node, depth
            if parents and (tag_of(node) in cut or str(depth) in cut):
                parents[-1].remove(node)
    except DefusedXmlException as error:
        raise BadFile(
            _("This file defines entities or document types, which are not read. Save it without them.")
        ) from error
    except (ParseError, zipfile.BadZipFile, LookupError, ValueError) as error:
        raise BadFile(str(words)) from error
