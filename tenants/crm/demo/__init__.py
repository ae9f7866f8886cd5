"""A demo company's two years: accounts, people, deals, tasks, notes and workflows, by our own actions."""

from collections.abc import Mapping

from tenants.crm.demo.access import tell_access
from tenants.crm.demo.automation import tell_automation, tell_news
from tenants.crm.demo.deals import tell_deals, tell_reasons
from tenants.crm.demo.leads import tell_leads
from tenants.crm.demo.lists import tell_views
from tenants.crm.demo.people import tell_accounts, tell_contacts, tell_papers
from tenants.crm.demo.story import Story
from tenants.crm.demo.touches import tell_activities, tell_habits, tell_lines, tell_teams
from tenants.crm.demo.work import tell_notes, tell_tasks
from tenants.crm.health import rescore_all

ACCOUNTS, CONTACTS, DEALS, OPEN_TASKS, DONE_TASKS, NOTES = 135, 280, 175, 48, 34, 110
LEADS, CONVERTED, ACTIVITIES, TEAMS, WITH_PRODUCTS = 52, 14, 210, 18, 20


def load(facts: Mapping[str, str]) -> None:
    """Fill the company we are in; the same facts give the same story, up to today.

    `facts` needs `slug` and `country` (IN, BG or US).
    """
    story = Story(facts)
    accounts = tell_accounts(story, ACCOUNTS)
    contacts = tell_contacts(story, accounts, CONTACTS)
    tell_reasons(story)
    deals = tell_deals(story, accounts, contacts, DEALS)
    leads = tell_leads(story, LEADS, converted=CONVERTED)
    tell_tasks(story, deals, contacts, still_open=OPEN_TASKS, done=DONE_TASKS)
    tell_notes(story, [*deals, *contacts, *accounts], NOTES)
    tell_activities(story, [*deals, *contacts, *leads], ACTIVITIES)
    tell_teams(story, [*accounts[: TEAMS // 2], *deals[: TEAMS // 2]])
    tell_lines(story, deals[:WITH_PRODUCTS])
    tell_habits(story, deals)
    tell_papers(story, accounts)
    tell_views(story)
    tell_access()
    tell_automation(story)
    tell_news(story)
    rescore_all()
