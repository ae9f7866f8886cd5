"""The recycle bin: what was deleted, by whom and when; back again, or gone for good."""
