"""A demo company's two years: accounts, people, deals, tasks and notes, by our own actions."""

from collections.abc import Mapping

from tenants.crm.demo.deals import tell_deals
from tenants.crm.demo.people import tell_accounts, tell_contacts
from tenants.crm.demo.story import Story
from tenants.crm.demo.work import tell_notes, tell_tasks

ACCOUNTS, CONTACTS, DEALS, OPEN_TASKS, DONE_TASKS, NOTES = 135, 280, 175, 48, 34, 110


def load(facts: Mapping[str, str]) -> None:
    """Fill the company we are in; the same facts give the same story, up to today.

    `facts` needs `slug` and `country` (IN, BG or US).
    """
    story = Story(facts)
    accounts = tell_accounts(story, ACCOUNTS)
    contacts = tell_contacts(story, accounts, CONTACTS)
    deals = tell_deals(story, accounts, contacts, DEALS)
    tell_tasks(story, deals, contacts, still_open=OPEN_TASKS, done=DONE_TASKS)
    tell_notes(story, [*deals, *contacts, *accounts], NOTES)
