"""What the API does with the CRM beyond the house's list, get, create, update and delete."""
