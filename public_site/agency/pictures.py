"""Pictures of a brand: looked at by Pillow, drawn anew, kept in the public place."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.ids import uuid7

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 24_000_000
LEAST_SIDE = 16
FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True)
class Shape:
    """How large a kind of picture is kept, and as what."""

    width: int
    height: int
    kept_as: str = "png"


SHAPES = {"logo": Shape(800, 240), "icon": Shape(512, 512), "login_image": Shape(1600, 1800, "jpeg")}


def keep_picture(*, agency_id: UUID, kind: str, upload: "UploadedFile[Any]") -> str:
    """Check and store an upload; the name for the brand's row. Raises Invalid.

    The file stays only if the transaction does.
    """
    content = redrawn(upload, SHAPES[kind], field=kind)
    with context.public():
        name = default_storage.save(f"brands/{agency_id}/{kind}-{uuid7().hex}.{SHAPES[kind].kept_as}", content)
    return str(name)


def drop_picture(name: str) -> None:
    """Remove a picture that no brand shows any more, after the commit."""
    if name:
        transaction.on_commit(lambda: delete_now(name))


def delete_now(name: str) -> None:
    with context.public():
        default_storage.delete(name)


def redrawn(upload: "UploadedFile[Any]", shape: Shape, *, field: str) -> "ContentFile[bytes]":
    """The same picture without anything else that came in the file, within the shape's bounds."""
    if (upload.size or 0) > MOST_BYTES:
        raise Invalid({field: [_("The file is larger than 2 MB. Save it smaller and try again.")]})
    picture = _opened(upload, field)
    try:
        picture = ImageOps.exif_transpose(picture)
        picture.thumbnail((shape.width, shape.height))
    except (OSError, ValueError, SyntaxError) as error:
        raise _unreadable(field) from error
    kept = BytesIO()
    if shape.kept_as == "jpeg":
        picture.convert("RGB").save(kept, "JPEG", quality=85, optimize=True)
    else:
        picture.convert("RGBA").save(kept, "PNG", optimize=True)
    return ContentFile(kept.getvalue())


def _opened(upload: "UploadedFile[Any]", field: str) -> Image.Image:
    """The picture, its size checked before a pixel is unpacked. Raises Invalid."""
    start = upload.read(512)
    upload.seek(0)
    if b"<svg" in start.lower() or start.lstrip().startswith(b"<?xml"):
        raise Invalid({field: [_("SVG cannot be taken yet. Save the picture as PNG, at least 512 pixels wide.")]})
    try:
        # A first look at every part: a file cut short would else be filled up with grey.
        Image.open(upload, formats=FORMATS).verify()
        upload.seek(0)
        picture = Image.open(upload, formats=FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise Invalid({field: [_("This is not a PNG, JPEG or WebP picture. Save it as one of these.")]}) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise _unreadable(field) from error
    if getattr(picture, "n_frames", 1) > 1:
        raise Invalid({field: [_("Moving pictures cannot be taken. Save a single picture.")]})
    if picture.width * picture.height > MOST_PIXELS or min(picture.size) < LEAST_SIDE:
        raise Invalid({field: [_("Use a picture between 16 pixels a side and 24 megapixels.")]})
    return picture


def _unreadable(field: str) -> Invalid:
    return Invalid({field: [_("The file is damaged. Save it anew and try again.")]})
