from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "infra.benches.stock"
    label = "stock"
