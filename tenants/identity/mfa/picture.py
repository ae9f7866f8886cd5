"""The picture to scan while an app is being set up."""

from typing import Any

import segno
from django.http import HttpRequest

from tenants.identity.mfa.codes import address_for_app
from tenants.identity.models import User
from tenants.identity.signin.asked import tenant_of


def picture_for(request: HttpRequest, user: User, secret: str) -> dict[str, Any]:
    """The picture as SVG, and the secret in groups for those who type."""
    tenant = tenant_of(request)
    issuer = (tenant.company.name if tenant.company else "") or tenant.brand.product_name
    code = segno.make(address_for_app(user, secret, issuer), error="m", micro=False)
    return {
        "picture": code.svg_inline(scale=4, border=2, dark="#000", light="#fff"),
        "typed": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
