"""The CRM's own pages and dialogs. Lists, boards, forms and record pages are the house's."""
