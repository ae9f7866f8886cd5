"""What is shown of a delivery: all but the secrets."""

import json
from typing import Any

from tenants.kernel.secrets import MASK
from tenants.webhooks.checking import written_headers
from tenants.webhooks.models import Delivery
from tenants.webhooks.sending.posting import AGENT


def headers_shown(delivery: Delivery) -> dict[str, str]:
    """What every try sends along; the time and the signatures are each try's own."""
    own = dict.fromkeys(written_headers(delivery.endpoint), MASK)
    return own | {
        "content-type": "application/json", "user-agent": AGENT, "webhook-id": str(delivery.event_id),
        "webhook-timestamp": "…", "webhook-signature": f"v1,{MASK}",
    }  # fmt: skip


def pretty(value: Any) -> str:
    """JSON for people; what is none stays as it is."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return json.dumps(found, indent=2, ensure_ascii=False)
