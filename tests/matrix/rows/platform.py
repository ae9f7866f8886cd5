"""The platform: its control panel for its admins, its site for everybody."""

from tests.matrix.needs import LINK, OPEN, roles
from tests.matrix.samples import row, the

ADMIN = roles("admin")
BUSY = "the sample's company has an operation under way"
COMPANY = {
    "name": "Beta Works", "slug": "beta-works", "country": "IN", "time_zone": "Asia/Kolkata", "currency": "INR",
    "language": "en", "owner_name": "Ola", "owner_email": "ola@beta.example",
}  # fmt: skip
VISIT = {"user_id": the.company_owner, "minutes": "30", "reason": "Import fails"}
RULE = {"is_on": "on", "daily": "5", "weekly": "4", "monthly": "6"}

MIGRATION = {"canary": "5%", "workers": "2", "stop_after": "5", "statement_seconds": "60"}
STAGE = {
    "value_name": "Fitting", "value_probability": "60", "is_dry": "on", "canary": "1", "stop_after": "3",
}  # fmt: skip
CLOSE = {"confirm": "Alpha Works", "reason": "Left us", "days": "30"}

CONTROL = [
    row("GET control:home", ADMIN),
    row("GET control:agencies", ADMIN),
    row("GET control:agency", ADMIN),
    row("GET control:agency-suspend", ADMIN),
    row("POST control:agency-suspend", ADMIN, form={"reason": "Unpaid"}),
    row("POST control:agency-resume", ADMIN),
    row("GET control:company-new", ADMIN),
    row("POST control:company-new", ADMIN, form=COMPANY),
    row("GET control:companies", ADMIN),
    row("GET control:company", ADMIN),
    row("GET control:company-visit", ADMIN),
    row("POST control:company-visit", ADMIN, form=VISIT),
    row("POST control:company-visit-entry", ADMIN),
    row("GET control:company-suspend", ADMIN),
    row("POST control:company-suspend", ADMIN, form={"reason": "Unpaid"}),
    row("POST control:company-resume", ADMIN),
    row("GET control:backups", ADMIN),
    row("POST control:backups", ADMIN, ok=(409,), why="something is done to the sample already"),
    row("GET control:backup-rule", ADMIN),
    row("POST control:backup-rule", ADMIN, form=RULE),
    row("GET control:backup", ADMIN),
    row("POST control:backup-delete", ADMIN),
    row("POST control:backup-restore", ADMIN, ok=(409,), why="the sample has a copy beside it already"),
    row("GET control:copy", ADMIN),
    row("GET control:copy-differences", ADMIN),
    row("POST control:copy-swap", ADMIN, ok=(409,), why="something is done to the sample already"),
    row("POST control:copy-discard", ADMIN, ok=(409,), why="something is done to the sample already"),
    row("POST control:copy-records", ADMIN, form={"records": the.picked}),
    row("GET control:company-import", ADMIN),
    row("POST control:company-import", ADMIN, form={"slug": "beta-works"}, ok=(422,), why="without a package"),
    row("GET control:company-copy", ADMIN),
    row("POST control:company-copy", ADMIN, form={"kind": "clone", "slug": "beta-copy"}, ok=(422,), why=BUSY),
    row("GET control:company-export", ADMIN),
    row("POST control:company-export", ADMIN, form={"passphrase": ""}, ok=(422,), why=BUSY),
    row("POST control:sandbox-refresh", ADMIN),
    row("POST control:sandbox-drop", ADMIN),
    row("POST control:package", ADMIN, ok=(404,), why="the sample's operation wrote none"),
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
    row("GET control:fleet", ADMIN),
    row("GET control:fleet-migrate", ADMIN),
    row("POST control:fleet-migrate", ADMIN, form=MIGRATION),
    row("POST control:fleet-verify", ADMIN),
    row("POST control:fleet-retry-all", ADMIN, ok=(404,), why="nothing has failed"),
    row("POST control:fleet-retry", ADMIN, schema=the.schema, ok=(404,), why="it has not failed"),
    row("GET control:commands", ADMIN),
    row("GET control:command", ADMIN, name="add-stage"),
    row("POST control:command", ADMIN, name="add-stage", form=STAGE),
    row("GET control:command-run", ADMIN, operation_id=the.command_run),
    row("GET control:operations", ADMIN),
    row("GET control:operation", ADMIN, operation_id=the.operation),
    row("POST control:operation-stop", ADMIN, operation_id=the.operation),
    row("GET control:isolation", ADMIN),
    row("GET control:isolation-attack", ADMIN),
    row("POST control:isolation-attack", ADMIN, form={"companies": "2"}),
    row("GET control:isolation-report", ADMIN),
    row("GET control:isolation-json", ADMIN),
    row("GET control:isolation-pdf", ADMIN),
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
