"""Sandboxes as a company's owners see them: made, compared, given back, read for their mails."""
