"""The agency's portal and its API: its owner and its staff; people and their keys are the owner's."""

from tests.matrix.needs import LINK, roles
from tests.matrix.samples import row, the

MEMBER, OWNER = roles("owner", "staff"), roles("owner")
COMPANY = {
    "name": "Beta Works", "slug": "beta-works", "country": "IN", "time_zone": "Asia/Kolkata", "currency": "INR",
    "language": "en", "owner_name": "Ola", "owner_email": "ola@beta.example",
}  # fmt: skip
VISIT = {"user_id": the.company_owner, "minutes": "30", "reason": "Import fails"}
STAGE = {
    "value_name": "Fitting", "value_probability": "60", "is_dry": "on", "canary": "1", "stop_after": "3",
}  # fmt: skip

ROWS = [
    row("list_companies", MEMBER),
    row("create_company", MEMBER, json=COMPANY),
    row("get_company", MEMBER),
    row("suspend_company", MEMBER, json={"reason": "Unpaid"}),
    row("resume_company", MEMBER),
    row("GET agency:home", MEMBER),
    row("GET agency:companies", MEMBER),
    row("GET agency:enter", LINK, query={"ticket": the.ticket}, secret="ticket"),
    row("GET agency:company-new", MEMBER),
    row("POST agency:company-new", MEMBER, form=COMPANY),
    row("GET agency:company-slug", MEMBER, query={"name": "Beta Works"}),
    row("GET agency:company-locale", MEMBER, query={"country": "IN"}),
    row("GET agency:company", MEMBER),
    row("GET agency:company-suspend", MEMBER),
    row("POST agency:company-suspend", MEMBER, form={"reason": "Unpaid"}),
    row("POST agency:company-resume", MEMBER),
    row("POST agency:company-invite", MEMBER, ok=(409,), why="the sample's owner has come already"),
    row("GET agency:company-brand", MEMBER),
    row("POST agency:company-brand", MEMBER, form={"product_name": "Beta", "colour": "#0f766e"}),
    row("GET agency:company-picture", MEMBER, kind="logo", ok=(404,), why="the sample has no logo"),
    row("GET agency:company-visit", MEMBER),
    row("POST agency:company-visit", MEMBER, form=VISIT),
    row("POST agency:company-visit-entry", OWNER, why="the sample's visit is the owner's: each enters their own"),
    row("GET agency:company-domain-new", MEMBER),
    row("POST agency:company-domain-new", MEMBER, form={"host": "crm.beta.example"}),
    row("GET agency:brand", MEMBER),
    row("POST agency:brand", MEMBER, form={"product_name": "AlphaSuite", "colour": "#0f766e"}),
    row("GET agency:brand-preview", MEMBER),
    row("GET agency:brand-preview-css", MEMBER, query={"colour": "#0f766e"}),
    row("GET agency:domains", MEMBER),
    row("GET agency:domain-new", MEMBER),
    row("POST agency:domain-new", MEMBER, form={"host": "more.alpha.example"}),
    row("POST agency:domain-verify", MEMBER, ok=(422,), why="there is no such record in the DNS"),
    row("POST agency:domain-prefer", MEMBER, domain_id=the.live),
    row("POST agency:domain-remove", MEMBER),
    row("GET agency:commands", OWNER),
    row("GET agency:command", OWNER, name="add-stage"),
    row("POST agency:command", OWNER, name="add-stage", form=STAGE),
    row("GET agency:command-run", OWNER, operation_id=the.command_run),
    row("list_fleet_commands", OWNER),
    row("run_fleet_command", OWNER, name="add-stage", json={"values": {"name": "Fitting"}}),
    row("get_fleet_run", OWNER, run_id=the.command_run),
    row("GET agency:keys", MEMBER),
    row("GET agency:key-new", MEMBER),
    row("POST agency:key-new", MEMBER, form={"name": "More"}),
    row("POST agency:key-revoke", MEMBER),
    row("GET agency:staff", MEMBER),
    row("GET agency:staff-new", OWNER),
    row(
        "POST agency:staff-new",
        OWNER,
        form={"email": "more@agency.example", "name": "More", "role": "staff", "reach": "all", "parts": "all"},
    ),
    row("POST agency:staff-remove", OWNER),
    row("GET agency:staff-edit", OWNER),
    row("POST agency:staff-edit", OWNER, form={"role": "staff", "reach": "all", "parts": "some", "tabs": ["brand"]}),
    row("list_staff", MEMBER),
    row("invite_staff", OWNER, json={"email": "more@agency.example", "name": "More", "role": "staff"}),
    row("update_staff", OWNER, json={"tabs": ["companies"]}),
    row("remove_staff", OWNER),
]
