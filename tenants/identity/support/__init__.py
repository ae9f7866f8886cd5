"""Support visits: people of the agency or the platform in a company, as one of its users, seen by everybody."""
