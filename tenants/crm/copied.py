"""What becomes of the CRM's tables when a company is copied."""

from tenants.kernel.copies import EVERYWHERE, PACKAGES, Copy, Facts, table, then
from tenants.records.search.reindexing import reindex_all

table("crm.Pipeline", comes=EVERYWHERE)
table("crm.Stage", comes=EVERYWHERE)
table("crm.LostReason", comes=EVERYWHERE)
table("crm.SalesSettings", comes=EVERYWHERE)
# Two companies reminding the same people of the same task would be one too many.
table("crm.Reminder", comes=PACKAGES)


@then
def index_shape(facts: Facts) -> None:
    if facts.copy == Copy.SHAPE:
        reindex_all(("pipelines", "stages"))
