"""Who may enter the control panel: platform admins, and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from public_site.control.models import PlatformAdmin
from tenants.kernel.errors import Denied


def admins_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated or not PlatformAdmin.objects.filter(user_id=request.user.pk).exists():
            raise Denied(_("This place is for those who run the platform."))
        return view(request, *args, **kwargs)

    return checked
