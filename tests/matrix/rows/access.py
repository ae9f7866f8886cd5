"""Who may what: roles, sharing rules, stand-ins, handing over, shares, explanations, view as, apps, other companies."""

import json
from typing import Any

from tests.matrix.needs import NOBODY, OPEN, OWNER, PERSON, SELF, SETTINGS, SIGNED_IN, edits, grant, views
from tests.matrix.samples import row, the

PUNE = {"field": "city", "op": "is", "value": "Pune"}
ROLE = {"name": "Reader", "records": {"*": {"view": "own"}}}
ROLE_FORM = {"name": "Reader", "records.*.view": "own"}
RULE = {"name": "Pune", "record_type": "contacts", "filter": {"all": [PUNE]}}
RULE_FORM = {"name": "Pune", "record_type": "contacts", "tree": json.dumps({"all": [PUNE]}), "whom": "everybody"}
LOAN = {"borrower": the.user, "until": the.next_week}
APP = {"name": "Sync", "scopes": {"contacts": ["view"]}, "redirect_uris": ["https://sync.example/back"]}
APP_FORM = {
    "name": "Sync", "kind": "web", "redirect_uris": "https://sync.example/back", "scopes": ["contacts:view"],
}  # fmt: skip
TOKEN = {"name": "Sheet", "scopes": {"contacts": ["view"]}}
VIEWER = SETTINGS & PERSON
"""Of the roles at the start those that may change the settings have the verb; keys look as nobody."""
UNPROVEN = "only sessions that began with a password or a mailed link lead over; those are in tests/identity/switching"
ITS_MAKER = "the app's person and the tokens are the owner's"


def _has_role_to_lend(answer: Any) -> bool:
    """Whoever is in may lend; with a role that lends more than it has there is nothing to refuse."""
    return answer.status_code < 400 or answer.status_code in (409, 422)


ROWS = [
    row("list_roles", SETTINGS),
    row("get_role", SETTINGS, role_id=the.role),
    row("create_role", SETTINGS, json=ROLE, ok=(422,)),
    row("update_role", SETTINGS, role_id=the.role, json={"name": "Narrow"}),
    row("copy_role", SETTINGS, role_id=the.role, json={"name": "Another"}, ok=(422,)),
    row("delete_role", SETTINGS, role_id=the.role),
    row("list_sharing_rules", SETTINGS),
    row("get_sharing_rule", SETTINGS, rule_id=the.rule),
    row("create_sharing_rule", SETTINGS, json=RULE, ok=(422,)),
    row("update_sharing_rule", SETTINGS, rule_id=the.rule, json={"is_active": False}),
    row("delete_sharing_rule", SETTINGS, rule_id=the.rule),
    row("list_stand_ins", SELF | SETTINGS),
    row("begin_stand_in", SELF, json=LOAN | {"until": the.next_week_at}, ok=(409, 422)),
    row("end_stand_in", (OWNER & SELF) | SETTINGS, stand_in_id=the.loan),
    row("list_owned", SETTINGS, user_id=the.user),
    row("hand_over", SETTINGS, user_id=the.user, json={"to": [the.owner]}, ok=(422,)),
    row("get_view_as", SIGNED_IN, ok=(404,)),
    row("begin_view_as", VIEWER, json={"user_id": the.user, "minutes": 15}),
    row("leave_view_as", SIGNED_IN),
    row("list_my_companies", SIGNED_IN),
    row("list_apps", SETTINGS),
    row("get_app", SETTINGS, app_id=the.app),
    row("create_app", SETTINGS & PERSON, json=APP),
    row("update_app", SETTINGS & SELF, app_id=the.app, json={"about": "Keeps addresses in step"}),
    row("rotate_app_secret", SETTINGS & PERSON, app_id=the.app),
    row("delete_app", SETTINGS, app_id=the.app),
    row("list_app_people", SETTINGS, app_id=the.app),
    row("disconnect_app", SETTINGS, app_id=the.app, user_id=the.owner),
    row("list_my_apps", SELF),
    row("disconnect_my_app", OWNER & SELF, app_id=the.app, why=ITS_MAKER),
    row("list_my_tokens", SELF),
    row("create_my_token", PERSON, json=TOKEN),
    row("revoke_my_token", OWNER & SELF, token_id=the.token, why=ITS_MAKER),
    row("switch_company", NOBODY, company_id=the.other_company, why=UNPROVEN),
]
PAGES = [
    row("GET roles", SETTINGS),
    row("GET role-new", SETTINGS),
    row("POST role-new", SETTINGS, form=ROLE_FORM, ok=(422,)),
    row("GET role-matrix", SETTINGS, query={"preset": "own"}),
    row("GET role-edit", SETTINGS, role_id=the.role),
    row("POST role-edit", SETTINGS, role_id=the.role, form=ROLE_FORM, ok=(422,)),
    row("GET role-delete", SETTINGS, role_id=the.role),
    row("POST role-delete", SETTINGS, role_id=the.role),
    row("GET sharing-rules", SETTINGS),
    row("GET sharing-rule-new", SETTINGS),
    row("POST sharing-rule-new", SETTINGS, form=RULE_FORM, ok=(422,)),
    row("POST sharing-rule-count", SETTINGS, form={"record_type": "contacts", "tree": json.dumps({"all": [PUNE]})}),
    row("GET sharing-rule-edit", SETTINGS, rule_id=the.rule),
    row("POST sharing-rule-edit", SETTINGS, rule_id=the.rule, form=RULE_FORM, ok=(422,)),
    row("POST sharing-rule-switch", SETTINGS, rule_id=the.rule),
    row("POST sharing-rule-delete", SETTINGS, rule_id=the.rule),
    row("GET stand-ins", SETTINGS),
    row("GET stand-in-new", SETTINGS),
    row("POST stand-in-new", SETTINGS, form={"lender": the.gone, **LOAN}, ok=(422,)),
    row("POST stand-in-end", SETTINGS, stand_in_id=the.loan),
    row("GET stand-in-lend", PERSON),
    row("POST stand-in-lend", PERSON, form=LOAN, judge=_has_role_to_lend),
    row("GET people-handover", SETTINGS, user_id=the.user),
    row("POST people-handover", SETTINGS, user_id=the.user, form={"mode": "keep"}, ok=(422,)),
    row("GET view-as", VIEWER, user_id=the.user),
    row("POST view-as", VIEWER, user_id=the.user, form={"minutes": "15"}),
    row("POST view-as-leave", PERSON),
    row("GET switch", PERSON),
    row("POST switch-to", NOBODY, company_id=the.other_company, why=UNPROVEN),
    row("GET switch-enter", OPEN, query={"ticket": "x"}, ok=(404, 410), why="tickets are in tests/identity/switching"),
    row("GET apps", SETTINGS),
    row("GET app-new", SETTINGS),
    row("POST app-new", SETTINGS, form=APP_FORM),
    row("GET app", SETTINGS, client_id=the.app),
    row("GET app-edit", SETTINGS, client_id=the.app),
    row("POST app-edit", SETTINGS, client_id=the.app, form=APP_FORM),
    row("POST app-secret", SETTINGS, client_id=the.app),
    row("POST app-delete", SETTINGS, client_id=the.app),
    row("POST app-cut-off", SETTINGS, client_id=the.app, user_id=the.owner),
    row("GET my-access", PERSON),
    row("GET my-token-new", PERSON),
    row("POST my-token-new", PERSON, form={"name": "Sheet", "days": "30", "scopes": ["contacts:view"]}),
    row("POST my-token-end", OWNER & PERSON, token_id=the.token, why=ITS_MAKER),
    row("POST my-app-end", OWNER & PERSON, client_id=the.app, why=ITS_MAKER),
]
BAD_CLIENT = "programs without a client are refused in OAuth's own words; true ones are in tests/identity/oauth"
OAUTH = [
    row("GET oauth-about", OPEN),
    row("GET oauth-authorize", PERSON, ok=(400,), why=BAD_CLIENT),
    row("POST oauth-authorize", PERSON, ok=(400,), why=BAD_CLIENT),
    row("POST oauth-token", OPEN, form={"grant_type": "authorization_code"}, ok=(400, 401), why=BAD_CLIENT),
    row("POST oauth-revoke", OPEN, form={"token": "x"}, ok=(400, 401), why=BAD_CLIENT),
    row("POST oauth-introspect", OPEN, form={"token": "x"}, ok=(400, 401), why=BAD_CLIENT),
]


COMMON = ("pipelines", "stages")
"""They belong to everybody, so there is nothing to share."""


def _never(answer: Any) -> bool:
    """Whatever the refusal is called."""
    return bool(answer.status_code < 400)


def api_of(name: str) -> list[Any]:
    """Shares, explanations and confidential fields of one record type."""
    need, refused = edits(name), dict[str, Any]()
    share: Any = {"share_id": the[f"{name}_share"]}
    if name in COMMON:
        need, refused, share = NOBODY, {"judge": _never}, {"share_id": the.owner}
    return [
        row(f"explain_access_to_{name}", views(name), query={"user": "me"}),
        row(f"list_shares_of_{name}", need, **refused),
        row(f"share_{name}", need, json={"user_id": the.user, "may_edit": False}, **refused),
        row(f"unshare_{name}", need, **share),
        row(f"reveal_{name}", grant("view reveal", name), json={"field": "custom.card"}),
    ]


def pages_of(name: str) -> list[Any]:
    return [
        row("GET record-access", views(name)),
        row("GET record-access-of", views(name) & SETTINGS, user_id=the.user),
        row("GET records:shares", edits(name)),
        row("POST records:shares", edits(name), form={"with": the.share_with, "how": ""}, ok=(422,)),
        row("GET records:share-options", edits(name)),
        row("POST records:share-removal", edits(name), share_id=the[f"{name}_share"]),
        row("POST reveal", grant("view reveal", name), name="custom.card"),
    ]
