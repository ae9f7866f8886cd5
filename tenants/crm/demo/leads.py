"""People with interest: some new, some being worked on, some converted, some who will never buy."""

from typing import Any

from tenants.crm.actions import Plan, convert_lead
from tenants.crm.demo.people import SOURCES
from tenants.crm.demo.story import Story
from tenants.crm.demo.world import amount_of, city_of, latin, mail_domain, weighted
from tenants.crm.enums import LeadStatus
from tenants.crm.models.leads import CHECKLIST
from tenants.kernel import context
from tenants.kernel.clock import standing_at

STATUSES = ((LeadStatus.NEW, 34), (LeadStatus.WORKING, 30), (LeadStatus.QUALIFIED, 16), (LeadStatus.UNQUALIFIED, 10))
TICKS = {LeadStatus.NEW: 0.12, LeadStatus.WORKING: 0.45, LeadStatus.QUALIFIED: 0.85, LeadStatus.UNQUALIFIED: 0.15}


def tell_leads(story: Story, count: int, *, converted: int) -> list[Any]:
    """Those that stay leads are young; the converted ones were leads of the last half year."""
    for _number in range(converted):
        _convert(story, _lead(story, LeadStatus.QUALIFIED, story.random.uniform(20, 180)))
    statuses = (weighted(story.random, STATUSES) for _number in range(count))
    return [_lead(story, status, story.random.uniform(0, 45)) for status in statuses]


def _lead(story: Story, status: LeadStatus, days_ago: float) -> Any:
    random, world = story.random, story.world
    first, last = world.people(random)
    company = f"{random.choice(world.account_stems)} {random.choice(world.account_tails)[0]} {random.randint(2, 99)}"
    city = city_of(random, world)
    interest = random.choice(world.deals).format(n=random.choice(world.deal_numbers), city=city.name)
    return story.create(
        "leads",
        story.at(days_ago),
        story.someone(),
        first_name=first,
        last_name=last,
        company_name=company,
        job_title=random.choice(world.job_titles),
        email=f"{latin(first)}.{latin(last)}@{mail_domain(company)}",
        phone=story.phone(city) if random.random() < 0.8 else "",
        city=city.name,
        status=status,
        source=weighted(random, SOURCES),
        product_interest=interest[:160],
        amount=amount_of(random, world) if random.random() < 0.7 else 0,
        currency=story.currency,
        **{name: random.random() < TICKS[status] for name in CHECKLIST},
    )


def _convert(story: Story, lead: Any) -> None:
    later = min(story.now, max(lead.created_at, story.at((story.now - lead.created_at).days * story.random.random())))
    with standing_at(later), context.acting(lead.owner.actor):
        convert_lead(lead=lead, plan=Plan(ignores_duplicates=True), by=lead.owner.actor)
