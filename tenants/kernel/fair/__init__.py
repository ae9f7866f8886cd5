"""Queues that are fair between companies, on Redis. See infra/docs/fleet.md, "Fair queues"."""
