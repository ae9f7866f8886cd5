"""Several records made one: everything that points at them moves along, and all of it can be undone."""
