"""What can go wrong with an embedded server, as one sentence for the person at the keyboard."""


class EmbeddedError(Exception):
    """Its text is a whole sentence that says what to do."""
