"""The company's dashboard: what modules count, and the steps to a good start."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenants.identity.pages import signed_in
from tenants.kernel.modules import modules


@require_GET
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    steps = sorted((step for module in modules() for step in module.steps()), key=lambda step: step.order)
    done = [(step, step.is_done()) for step in steps]
    tiles = [tile for module in modules() for tile in module.tiles()]
    lists = [found for module in modules() for found in module.lists()]
    return render(
        request,
        "home/home.html",
        {"steps": done, "steps_left": sum(not is_done for _step, is_done in done), "tiles": tiles, "lists": lists},
    )
