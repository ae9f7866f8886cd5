"""What other rooms have to say when a company ends, moves or is written about. They register here; fleet asks.

    @on_erase
    def drop_backups(company: Company) -> list[str]:
        ...
        return ["12 backups, 3.4 GB"]

All run in public and are safe to run again: a process may die in the middle of one.
"""

from collections.abc import Callable
from uuid import UUID

from tenants.directory.models import Agency, Company

Room = Callable[[Company], list[str]]
Move = Callable[[Company, Agency], list[str]]
Check = Callable[[Agency], None]
People = Callable[[UUID], list[str]]

erasing: dict[str, Room] = {}
keeping: dict[str, Room] = {}
moving: dict[str, Move] = {}
taking: dict[str, Check] = {}
people: dict[str, People] = {}


def on_erase(room: Room) -> Room:
    """Take away what this room keeps of a company outside its schema, whose tables still stand; what went, in words.

    Lines come as "12 sessions": a number and what it counts. Nothing of nothing needs no line.
    """
    erasing[_name(room)] = room
    return room


def still_kept(room: Room) -> Room:
    """What stays of an erased company in this room, and until when, in words: its certificate says so."""
    keeping[_name(room)] = room
    return room


def on_transfer(room: Move) -> Move:
    """A company has a new agency (the second argument is the former one): end what the former one gave or holds.

    Answers with what people of the company must renew, in words.
    """
    moving[_name(room)] = room
    return room


def before_taking(check: Check) -> Check:
    """Raise a DomainError where an agency may not take one more company."""
    taking[_name(check)] = check
    return check


def writes_to(room: People) -> People:
    """The e-mail addresses of those who own an agency."""
    people[_name(room)] = room
    return room


def owners_of(agency_id: UUID) -> list[str]:
    return [email for room in people.values() for email in room(agency_id)]


def check_may_take(agency: Agency) -> None:
    for check in taking.values():
        check(agency)


def _name(room: Callable[..., object]) -> str:
    return f"{room.__module__}.{room.__qualname__}"
