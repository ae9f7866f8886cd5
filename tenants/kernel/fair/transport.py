"""Celery's Redis broker with a lane for each company.

Only putting, taking and acknowledging differ from kombu's own: a message that names a company goes to its lane, and
what is not due yet waits in Redis rather than in a worker's memory, where it would be delivered twice once it had
waited for longer than the visibility timeout. Workers take from the same lists as ever; the script keeps those nearly
empty. All of it is in Redis and moves in one step, so there is no process that could die with a message in hand.
"""

import os
import re
import socket
import time
from datetime import UTC, datetime
from typing import Any

from kombu.transport import redis
from kombu.utils.json import dumps

from tenants.kernel.fair.lanes import COMPANY_HEADER, SCRIPT
from tenants.kernel.logs import logger

TICK_SECONDS = 0.25
"""How late something with a time of its own may come."""
ALIVE_SECONDS = 10.0
LIST_HEADER = "list"
"""Which list a message with a lane is for; written when it is put."""
COMPANY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
log = logger(__name__)
_slots = 0


def announce_slots(number: int) -> None:
    """How many tasks this process works on at once, once it is a worker."""
    global _slots
    _slots = number


class QoS(redis.QoS):
    """Tells the lanes of every message that is taken and done with."""

    channel: Any
    _delivered: Any

    def append(self, message: Any, delivery_tag: str) -> None:
        super().append(message, delivery_tag)
        self.channel.ask("taken")

    def ack(self, delivery_tag: str) -> None:
        message = self._delivered.get(delivery_tag)
        super().ack(delivery_tag)
        self._is_over(message)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        message = self._delivered.get(delivery_tag)
        super().reject(delivery_tag, requeue)
        if not requeue:
            self._is_over(message)

    def restore_unacked_once(self, stderr: Any = None) -> None:
        """What a connection held that is gone comes back by itself."""
        if not self.channel.is_cut_off:
            super().restore_unacked_once(stderr)

    def _is_over(self, message: Any) -> None:
        if message is not None and (company := company_of(message.headers)):
            self.channel.ask("over", message.headers[LIST_HEADER], company, message.delivery_tag)

    def held(self) -> list[str]:
        """List, company and tag of each message that was taken and is not done with."""
        found = []
        for tag, message in list(self._delivered.items()):
            if company := company_of(message.headers):
                found += [message.headers[LIST_HEADER], company, tag]
        return found


def company_of(headers: Any) -> str:
    """Empty where a message is nobody's: what the platform does for itself, and what makes no sense."""
    company = str((headers or {}).get(COMPANY_HEADER) or "")
    return company if COMPANY.fullmatch(company) else ""


class Channel(redis.Channel):
    QoS = QoS
    _script: Any = None
    _q_for_pri: Any
    qos: Any

    @property
    def is_cut_off(self) -> bool:
        """Its connection was given up: Redis went away, and the worker is making another."""
        return self.connection is None or self.connection.client is None

    def _connparams(self, asynchronous: bool = False) -> Any:
        """kombu would stumble over what is not there, and the worker end; of a lost connection it knows what to do."""
        if self.is_cut_off:
            raise ConnectionError("The connection to Redis was given up.")
        return super()._connparams(asynchronous)  # type: ignore[misc]  # not in kombu's stubs

    def ask(self, command: str, *values: Any) -> Any:
        """Run the script; see its head for the commands."""
        with self.conn_or_acquire() as client:
            if self._script is None:
                self._script = client.register_script(SCRIPT)
            return self._script(args=[command, *values], client=client)

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:
        due, company = due_ms(message["headers"]), company_of(message["headers"])
        if not company and not due:
            super()._put(queue, message, **kwargs)
            return
        key = self._q_for_pri(queue, self._get_message_priority(message, reverse=False))
        message["headers"][LIST_HEADER] = key
        self.ask("put", key, company, message["properties"]["delivery_tag"], dumps(message), due)

    def tick(self) -> None:
        self.ask("tick")

    def say_alive(self) -> None:
        self.ask("alive", f"{socket.gethostname()}:{os.getpid()}", _slots, *self.qos.held())


def due_ms(headers: Any) -> int:
    """When a message is to be worked on, in ms since 1970; 0 for now."""
    eta = (headers or {}).get("eta")
    if not eta:
        return 0
    moment = datetime.fromisoformat(eta)
    due = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    return int(due * 1000) if due > time.time() else 0


class Poller(redis.MultiChannelPoller):
    """Keeps the lanes moving while nothing happens: for times, rates, and what others left."""

    said_alive_at = 0.0
    _channels: Any

    def maybe_restore_messages(self) -> None:
        self.tick()
        super().maybe_restore_messages()

    def tick(self) -> None:
        for channel in self._channels:
            if channel.active_queues:
                try:
                    self._tick(channel)
                except channel.connection_errors:
                    log.debug("fair queues: no connection, tried again with the next tick")
                return

    def _tick(self, channel: Channel) -> None:
        if _slots and time.monotonic() > self.said_alive_at + ALIVE_SECONDS:
            channel.say_alive()
            self.said_alive_at = time.monotonic()
        channel.tick()


class Transport(redis.Transport):
    Channel = Channel

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycle = Poller()

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        super().register_with_event_loop(connection, loop)
        cycle: Any = self.cycle
        if before := getattr(cycle, "_tick_ref", None):
            before.cancel()
        cycle._tick_ref = loop.call_repeatedly(TICK_SECONDS, cycle.tick)
