from django.urls import path

from tenants.voice.hooks import receive
from tenants.voice.providers import PROVIDERS

urlpatterns = [path(f"{name}/<str:token>", receive, {"provider": name}, name=f"hook-{name}") for name in PROVIDERS]
