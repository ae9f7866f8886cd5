"""What a country's demo is drawn from, and the draws that every country shares."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import phonenumbers

T = TypeVar("T")


@dataclass(frozen=True)
class City:
    name: str
    region: str
    postal_prefix: str
    streets: tuple[str, ...]
    area_code: str = ""


@dataclass(frozen=True, kw_only=True)
class World:
    """Names and habits of one country, with the business that the demo company is in."""

    country: str
    people: Callable[[Random], tuple[str, str]]
    """First and last name."""
    cities: tuple[City, ...]
    """The home town first: a third of the accounts are there."""
    account_stems: tuple[str, ...]
    account_tails: tuple[tuple[str, str], ...]
    """What a name ends in, and the industry that it means."""
    phone: Callable[[Random, City], str]
    tax_id: Callable[[Random, City], str]
    postal_digits: int
    job_titles: tuple[str, ...]
    deals: tuple[str, ...]
    """Names, with {n} for a number and {city}."""
    deal_numbers: tuple[int, ...]
    amounts: tuple[int, int, int]
    """Lowest, highest, and what they are rounded to, in the company's currency."""
    lost_reasons: tuple[str, ...]
    tasks: tuple[str, ...]
    notes: tuple[str, ...]


def street_address(random: Random, city: City) -> str:
    return random.choice(city.streets).format(n=random.randint(2, 148))


def postal_code(random: Random, world: World, city: City) -> str:
    missing = world.postal_digits - len(city.postal_prefix)
    return city.postal_prefix + "".join(random.choice("0123456789") for _ in range(missing))


def city_of(random: Random, world: World) -> City:
    return world.cities[0] if random.random() < 0.34 else random.choice(world.cities[1:])


def amount_of(random: Random, world: World) -> int:
    """Many small ones, few large ones."""
    low, high, step = world.amounts
    return low + int((high - low) * random.random() ** 2.6) // step * step


def valid_phone(draw: Callable[[], str]) -> str:
    """The first number drawn that its country could really have given out, as E.164."""
    while True:
        number = draw()
        if phonenumbers.is_valid_number(phonenumbers.parse(number)):
            return number


def digits(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


LEGAL_FORM = re.compile(r" (ООД|ЕООД|АД)$")
LATIN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъьюя",
        "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y yu ya".split(),
        strict=True,
    )
)


def latin(text: str) -> str:
    """Small Latin letters, digits and hyphens, Bulgarian by the official transliteration."""
    spelled = "".join(LATIN.get(letter, letter) for letter in text.lower())
    return re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")


def mail_domain(account_name: str) -> str:
    """Below `.example`, so that no demo can ever write to a real person."""
    return f"{latin(LEGAL_FORM.sub('', account_name))}.example"


def weighted(random: Random, choices: Sequence[tuple[T, int]]) -> T:
    return random.choices([choice for choice, _weight in choices], [weight for _choice, weight in choices])[0]
