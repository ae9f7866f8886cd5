"""The profile is how a company is set up; invoices and their numbers go with the records."""

from tenants.kernel.copies import EVERYWHERE, table

table("invoicing.InvoicingProfile", comes=EVERYWHERE)
