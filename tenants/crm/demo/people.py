"""Organisations and the people who work for them."""

from datetime import timedelta
from itertools import product
from random import Random
from string import ascii_uppercase
from typing import Any

from django.utils.translation import gettext as _

from tenants.crm.demo.story import Story
from tenants.crm.demo.world import city_of, latin, mail_domain, postal_code, street_address, weighted
from tenants.crm.enums import DecisionRole, Source
from tenants.records.actions import update_record
from tenants.records.custom.actions import create_custom_field
from tenants.records.registry import type_named

SOURCES = (
    (Source.REFERRAL, 28), (Source.WEBSITE, 25), (Source.COLD_CALL, 14), (Source.EVENT, 12),
    (Source.PARTNER, 11), (Source.ADVERTISING, 7), (Source.OTHER, 3),
)  # fmt: skip
PAPERS = 24
UPPER_ROLES = ((DecisionRole.DECISION_MAKER, 60), (DecisionRole.CHAMPION, 25), (DecisionRole.GATEKEEPER, 15))
LOWER_ROLES = (
    (DecisionRole.INFLUENCER, 40), (DecisionRole.USER, 35), (DecisionRole.GATEKEEPER, 15), (DecisionRole.BLOCKER, 10),
)  # fmt: skip
PART_OF_GROUP, KEY_ACCOUNT = 0.08, 0.1


def tell_accounts(story: Story, count: int) -> list[Any]:
    every_name = list(product(story.world.account_stems, story.world.account_tails))
    accounts: list[Any] = []
    for stem, tail in story.random.sample(every_name, count):
        parent = story.random.choice(accounts) if accounts and story.random.random() < PART_OF_GROUP else None
        accounts.append(_account(story, stem, *tail, parent=parent))
    return accounts


def _account(story: Story, stem: str, tail: str, industry: str, *, parent: Any) -> Any:
    name, world, random = f"{stem} {tail}", story.world, story.random
    city = city_of(random, world)
    domain = mail_domain(name)
    return story.create(
        "accounts",
        story.at(story.day_in_past(least=4)),
        story.someone(),
        name=name,
        industry=industry,
        parent=parent,
        is_key_account=random.random() < KEY_ACCOUNT,
        website=f"https://www.{domain}",
        phone=story.phone(city),
        email=f"info@{domain}",
        employees=int(6 + 640 * random.random() ** 3),
        tax_id=world.tax_id(random, city),
        address=street_address(random, city),
        city=city.name,
        region=city.region,
        postal_code=postal_code(random, world, city),
        country=world.country,
    )


def tell_papers(story: Story, accounts: list[Any]) -> None:
    """In India a confidential field with the proprietor's tax card, filled in for some accounts."""
    if story.world.country != "IN":
        return
    boss = next(one for one in story.staff if one.actor.may("edit", "settings")).actor
    create_custom_field(
        record_type=type_named("accounts"), label=_("Proprietor’s PAN"), key="pan", kind="secret", by=boss,
        help_text=_("The number of the tax card. Kept encrypted; who may is shown it on request."),
    )  # fmt: skip
    for account in accounts[:PAPERS]:
        update_record(record=account, values={"custom.pan": _tax_card(story.random)}, by=boss)


def _tax_card(random: Random) -> str:
    """Three letters, P for a person, a letter, four digits, a letter."""
    letters = "".join(random.choices(ascii_uppercase, k=5))
    return f"{letters[:3]}P{letters[3]}{random.randint(1, 9999):04d}{letters[4]}"


def tell_contacts(story: Story, accounts: list[Any], count: int) -> list[Any]:
    """Two for each account; some accounts have more, some people have none."""
    employers = [*accounts, *story.random.choices([*accounts, None, None], k=count - len(accounts))]
    bosses: dict[Any, Any] = {}
    contacts = []
    for account in employers:
        boss = bosses.get(account.pk) if account else None
        contact = _contact(story, account, boss)
        contacts.append(contact)
        if account and (boss is None or story.random.random() < 0.3):
            bosses[account.pk] = contact
    return contacts


def _contact(story: Story, account: Any, boss: Any) -> Any:
    random = story.random
    first, last = story.world.people(random)
    domain = mail_domain(account.name) if account else "mail.example"
    city = next((one for one in story.world.cities if account and one.name == account.city), None) or city_of(
        random, story.world
    )
    return story.create(
        "contacts",
        _met_at(story, account),
        account.owner if account else story.someone(),
        first_name=first,
        last_name=last,
        account=account,
        job_title=random.choice(story.world.job_titles) if account else "",
        email=f"{latin(first)}.{latin(last)}@{domain}",
        phone=story.phone(city) if random.random() < 0.9 else "",
        city=city.name,
        reports_to=boss,
        decision_role=weighted(random, LOWER_ROLES if boss else UPPER_ROLES) if account else "",
        influence=random.randrange(20, 70, 5) if boss else random.randrange(60, 100, 5) if account else None,
        source=weighted(random, SOURCES),
    )


def _met_at(story: Story, account: Any) -> Any:
    """Most on the day the account was added, others later."""
    if account is None:
        return story.at(story.day_in_past())
    if story.random.random() < 0.5:
        return min(account.created_at + timedelta(minutes=story.random.randint(2, 40)), story.now)
    return story.at(story.random.uniform(0, (story.now - account.created_at).days))
