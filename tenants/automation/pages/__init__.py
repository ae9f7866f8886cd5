"""The pages of automation: the list, the builder, runs, versions, secrets."""
