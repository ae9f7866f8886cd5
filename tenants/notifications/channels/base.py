"""What a channel is to the rest of the room."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tenants.kernel.modules import Text


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is sent, in the words of who gets it. `url` is absolute; `once` names the sending where that helps."""

    title: str
    text: str = ""
    url: str = ""
    fields: Sequence[tuple[str, str]] = ()
    link_label: str = ""
    once: str = ""
    is_urgent: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


class Channel(Protocol):
    """A way to reach a person. One file each; `channels.CHANNELS` lists them.

    `send` raises Refused, Gone or TryLater (errors.py), or whatever else went wrong on the way: that is
    tried again.
    """

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> Text: ...
    @property
    def icon(self) -> str: ...

    @property
    def is_calm(self) -> bool:
        """Whether it may wait till quiet hours are over; what is not calm is not sent in them at all."""
        ...

    def is_available(self) -> bool: ...

    def reachable(self, users: Sequence[Any], wishes: Any) -> set[Any]:
        """The ids of those it can reach. `wishes` maps them to what they said. One query at most."""
        ...

    def send(self, delivery: Any, user: Any, message: Message) -> None: ...
