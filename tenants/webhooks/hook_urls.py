from django.urls import path

from tenants.webhooks.inbound.receiving import receive

urlpatterns = [path("in/<str:token>/", receive, name="hook-in")]
