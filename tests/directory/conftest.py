"""A real DNS server for the tests: answers TXT questions over UDP from a table."""

import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

Zone = dict[str, list[str]]


class _Answers(socketserver.BaseRequestHandler):
    server: Any

    def handle(self) -> None:
        asked, socket = self.request
        query = dns.message.from_wire(asked)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        texts = self.server.zone.get(name)
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            quoted = [" ".join(f'"{part}"' for part in text.split("|")) for text in texts]
            answer.answer.append(dns.rrset.from_text_list(query.question[0].name, 1, "IN", "TXT", quoted))
        socket.sendto(answer.to_wire(), self.client_address)


@pytest.fixture
def zone(settings: Any) -> Iterator[Zone]:
    """TXT records by name; a `|` splits one into the strings it is sent as."""
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), _Answers) as server:
        server.zone = {}  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.DNS_RESOLVER = f"127.0.0.1:{server.server_address[1]}"
        yield server.zone  # type: ignore[attr-defined]
        server.shutdown()
