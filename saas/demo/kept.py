"""The demo's passwords and keys in plain text, so that a second start can print them again.

The database keeps only hashes. The file lies in the data folder, for its owner alone.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any

WORDS = (
    "amber anchor apple arrow autumn bamboo basil beacon birch bridge canyon cedar cinder clover copper coral delta "
    "ember falcon fern forest garnet ginger glacier harbor hazel indigo island ivory jasmine juniper kettle lagoon "
    "lantern lemon linen lotus maple marble meadow mint moss nutmeg oak olive opal orchid otter pebble pepper pine "
    "plum quartz raven reed ridge river saffron sage silver slate spruce stone summit teal thistle timber tulip "
    "valley velvet violet walnut willow winter"
).split()


def new_password() -> str:
    """Three words and a number: about 40 bits, and easy to type from a screen."""
    return "-".join([*(secrets.choice(WORDS) for _ in range(3)), str(secrets.randbelow(9000) + 1000)])


class Kept:
    """Entries by who they belong to, like `agency:northstar`; each a small dictionary."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.entries: dict[str, dict[str, Any]] = _read(file)

    def of(self, name: str) -> dict[str, Any]:
        """The entry, with a password from the start."""
        return self.entries.setdefault(name, {"password": new_password()})

    def write(self) -> None:
        write_private(self.file, self.entries)


def _read(file: Path) -> dict[str, dict[str, Any]]:
    """A file that cannot be read is made again: the passwords are then set anew."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_private(file: Path, content: Any) -> None:
    """Whole or not at all, and readable only for its owner."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_suffix(f".{os.getpid()}.part")
    scratch.unlink(missing_ok=True)
    scratch.touch(mode=0o600)
    scratch.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    scratch.replace(file)
