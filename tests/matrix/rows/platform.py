"""The platform: its control panel for its admins, its site for everybody."""

from tests.matrix.needs import LINK, OPEN, roles
from tests.matrix.samples import row, the

ADMIN = roles("admin")
VISIT = {"user_id": the.company_owner, "minutes": "30", "reason": "Import fails"}
CLOSE = {"confirm": "Alpha Works", "reason": "Left us", "days": "30"}

CONTROL = [
    row("GET control:home", ADMIN),
    row("GET control:agencies", ADMIN),
    row("GET control:agency", ADMIN),
    row("GET control:agency-suspend", ADMIN),
    row("POST control:agency-suspend", ADMIN, form={"reason": "Unpaid"}),
    row("POST control:agency-resume", ADMIN),
    row("GET control:companies", ADMIN),
    row("GET control:company", ADMIN),
    row("GET control:company-visit", ADMIN),
    row("POST control:company-visit", ADMIN, form=VISIT),
    row("POST control:company-visit-entry", ADMIN),
    row("GET control:company-suspend", ADMIN),
    row("POST control:company-suspend", ADMIN, form={"reason": "Unpaid"}),
    row("POST control:company-resume", ADMIN),
    row("GET control:company-close", ADMIN),
    row("POST control:company-close", ADMIN, form=CLOSE),
    row("POST control:company-restore", ADMIN),
    row("GET control:company-erase", ADMIN),
    row("POST control:company-erase", ADMIN, form=CLOSE, ok=(422,), why="the sample is being worked on"),
    row("GET control:company-rename", ADMIN),
    row("POST control:company-rename", ADMIN, form={"slug": "beta-works"}),
    row("GET control:company-transfer", ADMIN),
    row("POST control:company-transfer", ADMIN, form={"to": "third"}, ok=(422,), why="it is on its way already"),
    row("POST control:transfer-withdraw", ADMIN, transfer_id=the.transfer),
    row("GET control:certificates", ADMIN),
    row("GET control:certificate-file", ADMIN, certificate_id=the.certificate, ending="json"),
    row("POST control:tombstone-release", ADMIN, stone_id=the.stone),
    row("GET control:domains", ADMIN),
    row("GET control:operations", ADMIN),
    row("GET control:operation", ADMIN, operation_id=the.operation),
    row("POST control:operation-stop", ADMIN, operation_id=the.operation),
    row("GET control:health", ADMIN),
]
SIGN_UP = {
    "agency_name": "More Agency", "slug": "more-agency", "name": "Mo", "email": "mo@more.example",
    "password": "a quiet river 77", "plan": "free", "accept_terms": "on",
}  # fmt: skip
SITE = [
    row("GET site:landing"),
    row("GET site:pricing"),
    row("GET site:terms"),
    row("GET site:privacy"),
    row("GET site:sign-up"),
    row("POST site:sign-up", form=SIGN_UP),
    row("GET site:slug", query={"agency_name": "More"}),
    row("GET site:sent", LINK, token=the.wait_token, secret="token"),
    row("POST site:resend", LINK, token=the.wait_token, secret="token"),
    row("GET site:confirm", LINK, token=the.confirm_token, secret="token"),
    row("GET internal/tls-ask", query={"domain": "works.alpha.localhost"}),
    row("GET styleguide", OPEN, why="outside production; there for admins"),
    row("POST styleguide", OPEN),
]
