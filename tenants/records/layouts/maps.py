"""The map layout: records by town and country, placed without asking anybody outside.

The town of a record is looked up in a list that comes with the product (`data/README.md`), and
what is not found there stands in the middle of its country. Coordinates that an own address field
may have are for exports and programs: the map goes by the type's columns `city` and `country`.
"""

import gzip
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count

from tenants.kernel.errors import NotFound
from tenants.records.layouts.listing import Listing
from tenants.records.locale import company_country, locale_now
from tenants.records.registry import RecordType

PLACES = Path(__file__).parent.parent / "data" / "places.tsv.gz"
MOST_PLACES = 2000


@dataclass
class Spot:
    """A place with records: a town, or a country where the town is not known."""

    label: str
    country: str
    latitude: float
    longitude: float
    is_exact: bool
    count: int = 0
    list_url: str = ""

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "label": self.label, "lat": self.latitude, "lng": self.longitude, "count": self.count,
            "exact": self.is_exact, "url": self.list_url,
        }  # fmt: skip


@dataclass
class MapView:
    spots: list[Spot] = field(default_factory=list)
    placed: int = 0
    unplaced: int = 0
    by_country: int = 0
    """Placed in the middle of their country, for want of a known town."""


def has_places(record_type: RecordType) -> bool:
    return "city" in record_type.fields or "country" in record_type.fields


def map_of(listing: Listing) -> MapView:
    """Records by place, counted by the database. One query."""
    record_type = listing.record_type
    names = [name for name in ("city", "country") if name in record_type.fields]
    if not names:
        raise NotFound
    rows = listing.rows.order_by().values(*names).annotate(count=Count("pk")).order_by("-count")
    found = MapView()
    spots: dict[Any, Spot] = {}
    for row in rows[:MOST_PLACES]:
        spot = place_of(row.get("city") or "", row.get("country") or "", has_country="country" in names)
        if not spot:
            found.unplaced += row["count"]
            continue
        own = spots.setdefault((spot.latitude, spot.longitude), spot)
        own.count += row["count"]
        own.list_url = own.list_url or _list_query(listing, row, spot)
        found.placed += row["count"]
        found.by_country += 0 if spot.is_exact else row["count"]
    found.spots = sorted(spots.values(), key=lambda spot: -spot.count)
    return found


def _list_query(listing: Listing, row: dict[str, Any], spot: Spot) -> str:
    name = "city" if spot.is_exact else "country"
    return listing.with_condition({"field": name, "op": "is", "value": row[name]})


def place_of(city: str, country: str, *, has_country: bool = True) -> Spot | None:
    """Where a town is. Without a country the company's own is tried first, then the largest of that name."""
    code, name = country.strip().upper(), folded(city)
    towns = _towns()
    wanted = code or (company_country() if not has_country or name else "")
    found = towns.get((wanted, name)) or (towns.get(("", name)) if not code else None)
    if name and found:
        label, country_code, latitude, longitude = found
        return Spot(label, country_code, latitude, longitude, True)
    middle = _middles().get(code)
    return Spot(country_name(code), code, *middle, False) if middle else None


def country_name(code: str) -> str:
    return str(locale_now().territories.get(code, code))


def folded(text: str) -> str:
    """Small letters without accents, as the list of towns has them."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@cache  # of the world, not of anything a company owns
def _towns() -> dict[tuple[str, str], tuple[str, str, float, float]]:
    """(country, name) and ("", name) to a town. The list has the largest first, so the first one wins."""
    found: dict[tuple[str, str], tuple[str, str, float, float]] = {}
    with gzip.open(PLACES, "rt", encoding="utf-8") as lines:
        for line in lines:
            country, latitude, longitude, label, names = line.rstrip("\n").split("\t")
            town = (label, country, float(latitude), float(longitude))
            for name in names.split("|"):
                found.setdefault((country, name), town)
                found.setdefault(("", name), town)
    return found


@cache  # of the world, not of anything a company owns
def _middles() -> dict[str, tuple[float, float]]:
    """The middle of each country's towns, by its two letters."""
    sums: dict[str, list[float]] = {}
    with gzip.open(PLACES, "rt", encoding="utf-8") as lines:
        for line in lines:
            country, latitude, longitude, *_rest = line.split("\t")
            own = sums.setdefault(country, [0.0, 0.0, 0.0])
            own[0] += float(latitude)
            own[1] += float(longitude)
            own[2] += 1
    return {code: (round(lat / n, 2), round(lng / n, 2)) for code, (lat, lng, n) in sums.items()}
