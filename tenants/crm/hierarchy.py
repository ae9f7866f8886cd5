"""Trees of records: accounts below accounts, people who report to people. None may turn in a circle."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from tenants.crm.enums import DecisionRole
from tenants.crm.models import Account, Contact
from tenants.kernel.errors import Invalid

MOST_STEPS = 100
MOST_PEOPLE = 500


def refuse_circle(record: Any, name: str) -> None:
    """Raise Invalid when following `name` upwards from a record leads back to it.

    Such changes wait for each other, so that two at once cannot close a circle.
    """
    above = getattr(record, name)
    if above is None:
        return
    _one_at_a_time(type(record)._meta.db_table)
    steps = 0
    while above is not None:
        steps += 1
        if above.pk == record.pk:
            raise Invalid({name: [_circle_words(record, name)]})
        if steps > MOST_STEPS:
            raise Invalid({name: [_("This would be more than %(most)d levels deep.") % {"most": MOST_STEPS}]})
        above = type(record)._default_manager.filter(pk=getattr(above, f"{name}_id")).first()


def _circle_words(record: Any, name: str) -> str:
    chosen = getattr(record, name)
    if chosen.pk == record.pk:
        return _("%(name)s cannot stand above itself. Choose another one, or none.") % {"name": record}
    words = {"name": record, "chosen": chosen}
    return _("%(chosen)s stands below %(name)s: this would be a circle. Choose another one, or free it first.") % words


def _one_at_a_time(table: str) -> None:
    """Until the commit, within this company's schema."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.' || %s, 0))", [table])


@dataclass
class Node:
    """A person in an org chart with those who report to them."""

    contact: Contact
    below: list["Node"] = field(default_factory=list)

    @property
    def tone(self) -> str:
        return {
            DecisionRole.DECISION_MAKER: "brand", DecisionRole.CHAMPION: "good", DecisionRole.BLOCKER: "bad",
            DecisionRole.GATEKEEPER: "warn",
        }.get(DecisionRole(self.contact.decision_role), "") if self.contact.decision_role else ""  # fmt: skip


def org_chart(people: Iterable[Contact]) -> list[Node]:
    """The people as trees; whoever reports to nobody among them stands on top, the most influential first."""
    nodes = {person.pk: Node(person) for person in people}
    tops: list[Node] = []
    for node in nodes.values():
        boss_id = node.contact.reports_to_id
        boss = nodes.get(boss_id) if boss_id else None
        (boss.below if boss else tops).append(node)
    for row in (tops, *(node.below for node in nodes.values())):
        row.sort(key=lambda node: (-len(node.below), -(node.contact.influence or 0), str(node.contact)))
    return tops


def account_tree(account: Account, accounts: Any) -> tuple[list[Account], list[Account]]:
    """Those above an account, the topmost first, and those directly below it; only among `accounts`."""
    above: list[Account] = []
    found = account
    while found.parent_id and len(above) < MOST_STEPS:
        parent = accounts.filter(pk=found.parent_id).first()
        if not parent:
            break
        above.insert(0, parent)
        found = parent
    return above, list(accounts.filter(parent=account).order_by("name")[:MOST_PEOPLE])
