"""PostgreSQL and Redis from their wheels, run by us, for one machine and for the tests."""
