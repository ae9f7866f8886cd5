"""How a person or an organisation is drawn without a picture: two letters in a hue of its own."""

import zlib

HUES = 24


def hue(name: str) -> int:
    """The number of the `hue-N` class; the same name has the same hue everywhere."""
    return zlib.crc32(name.strip().casefold().encode()) % HUES


def initials(name: str) -> str:
    """One or two letters: first and last word, or the mailbox of an address."""
    words = name.split("@")[0].replace(".", " ").split() if "@" in name else name.split()
    letters = [word[0] for word in words if word[0].isalnum()] or ["?"]
    return (letters[0] + letters[-1] if len(letters) > 1 else letters[0]).upper()
