"""What the program must never have: a page that writes what was typed into its SQL. Here to be attacked."""

from typing import Any

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import include, path

TEXTS = {
    "where": "SELECT first_name FROM crm_contact WHERE last_name = '{}'",
    "order": "SELECT first_name FROM crm_contact ORDER BY {}",
    "all": "{}",
}


def injectable(request: HttpRequest) -> JsonResponse:
    """Runs what was asked, then the page's own statement: as whom, and with what."""
    found: dict[str, Any] = {"rows": [], "error": ""}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TEXTS[request.GET["spot"]].format(request.GET["text"]))
            found["rows"] = [list(map(str, row)) for row in cursor.fetchall()] if cursor.description else []
    except DatabaseError as error:
        found["error"] = str(error)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('search_path'), (SELECT first_name FROM crm_contact)")
        found["after"] = list(cursor.fetchone())
    return JsonResponse(found)


urlpatterns = [path("injectable/", injectable), path("", include("saas.urls.company"))]
