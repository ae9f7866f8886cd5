"""How fields with parts look to programs."""

from pydantic import BaseModel


class AddressShape(BaseModel):
    """A postal address; `country` is the ISO code of two letters."""

    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
