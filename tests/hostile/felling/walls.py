"""Every wall, the hazards it stands against, and the tests that have to fail without it."""

from tests.hostile.felling import companies, house
from tests.hostile.felling.listing import WALLS

__all__ = ["WALLS", "companies", "house"]
