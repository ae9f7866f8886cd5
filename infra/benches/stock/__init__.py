"""django-tenants as it comes, with our company apps and their migrations: what ours is compared with."""
