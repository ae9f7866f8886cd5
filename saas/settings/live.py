"""Live pages: websockets, in a process beside the web server."""

import os
from urllib.parse import urlsplit

from saas.settings import env

_REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
# The port of that process where browsers reach it directly; 0: a proxy leads /live/ of each host to it.
LIVE_PORT = env.number("LIVE_PORT", 0)
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # Published messages cross the databases of a Redis server: its number keeps installations apart.
        "CONFIG": {"hosts": [_REDIS_URL], "prefix": f"live{urlsplit(_REDIS_URL).path.strip('/') or 0}"},
    }
}
