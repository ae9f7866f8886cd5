"""A whole company as one file: every type of record, and the tables that hang on them or shape them."""
