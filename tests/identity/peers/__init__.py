"""Real identity providers for tests: each a Node process of a library that others use in earnest."""
