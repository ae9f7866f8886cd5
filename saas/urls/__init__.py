"""Which paths each face has. Nobody imports a route before this."""

from tenants.kernel.answers import share_models

share_models()
