"""The faults: one function each, which replaces the function that is a wall. By what they are about."""
