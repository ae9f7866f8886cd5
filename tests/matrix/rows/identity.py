"""People, keys, teams, signing in, support visits, the audit; and what directories may do."""

from tests.matrix.needs import DIRECTORY, LINK, OPEN, OWNER, PERSON, SELF, SETTINGS, SIGNED_IN, views
from tests.matrix.samples import row, the

GIVER = SETTINGS & SELF
"""Nobody gives more than they have: a key of few scopes has less than any role."""
TEAM = {"name": "Sales West", "members": [the.user]}
POLICY = {"idle_minutes": 60}
OWNING = OWNER & SETTINGS
"""Sandboxes hold all that a company knows."""
SANDBOX = {"slug": "tries", "days": "7"}

ROWS = [
    row("list_users", SETTINGS),
    row("invite_user", GIVER, json={"email": "more@alpha.example", "role": "support"}),
    row("get_user", SETTINGS),
    row("update_user", GIVER, json={"role": "support"}),
    row("deactivate_user", SETTINGS),
    row("reactivate_user", GIVER, user_id=the.gone),
    row("list_user_sessions", SETTINGS),
    row("end_user_sessions", SETTINGS),
    row("get_me", SIGNED_IN),
    row("update_me", SELF, json={"name": "Olga Owner"}),
    row("get_preferences", SIGNED_IN),
    row("set_preferences", SIGNED_IN, json={"record.contacts": {"tab": "notes"}}),
    row("list_my_sessions", SELF),
    row("end_my_session", SELF, session="0123456789abcdef", ok=(404,)),
    row("list_api_keys", SETTINGS),
    row("create_api_key", SETTINGS & PERSON, json={"name": "More"}),
    row("revoke_api_key", SETTINGS),
    row("get_support_access", SETTINGS),
    row("set_support_access", SETTINGS, json={"access": "off"}),
    row("list_support_visits", SETTINGS),
    row("agree_to_visit", SETTINGS),
    row("refuse_visit", SETTINGS),
    row("end_visit", SETTINGS),
    row("list_audit", SETTINGS),
    row("verify_audit", SETTINGS),
    row("export_audit", SETTINGS),
    row("list_teams", views("teams")),
    row("create_team", SETTINGS, json=TEAM),
    row("get_team", views("teams")),
    row("update_team", SETTINGS, json={"name": "Sales North"}),
    row("delete_team", SETTINGS),
    row("get_sign_in_policy", SETTINGS),
    row("update_sign_in_policy", SETTINGS, json=POLICY),
    row("list_sign_ins", SETTINGS),
    row("list_sandboxes", OWNING),
    row("create_sandbox", OWNING, json={"slug": "tries"}),
    row("refill_sandbox", OWNING),
    row("delete_sandbox", OWNING),
    row("list_sandbox_changes", OWNING),
    row("deploy_sandbox", OWNING, json={"changes": ["tags:none"]}, ok=(409,), why="nothing differs in the sample"),
]

OIDC = {"name": "Acme", "issuer": "https://idp.example", "client_id": "crm", "client_secret": "secret"}
PAGES = [
    row("GET settings", PERSON),
    row("GET people", SETTINGS),
    row("GET people-invite", SETTINGS),
    row("POST people-invite", SETTINGS, form={"email": "more@alpha.example", "name": "More", "role": "support"}),
    row("GET people-role", SETTINGS),
    row("POST people-role", SETTINGS, form={"role": "support"}),
    row("POST people-invitation", SETTINGS, user_id=the.invited),
    row("POST people-deactivation", SETTINGS),
    row("POST people-activation", SETTINGS, user_id=the.gone),
    row("GET people-sessions", SETTINGS),
    row("POST people-sessions-end", SETTINGS),
    row("POST people-second-factor", SETTINGS),
    row("GET sign-in-policy", SETTINGS),
    row("POST sign-in-policy", SETTINGS, form={
        "password_length": "10", "password_classes": "1", "password_reuse": "0", "password_days": "0",
        "idle_minutes": "60", "absolute_hours": "24", "second_factor": "nobody", "allows_links": "on",
        "allows_passkeys": "on", "networks": "",
    }),
    row("GET sign-in-history", SETTINGS),
    row("GET scim-clients", SETTINGS),
    row("GET scim-new", SETTINGS),
    row("POST scim-new", OWNER, form={"name": "Okta", "default_role": "sales-rep", "role_groups": ""}),
    row("POST scim-revoke", OWNER),
    row("GET sso-settings", SETTINGS),
    row("POST sso-only", OWNER, form={"only": "0"}),
    row("GET sso-new", OWNER, kind="oidc"),
    row("POST sso-new", OWNER, kind="oidc", form=OIDC, ok=(422,)),
    row("GET sso-edit", OWNER),
    row("POST sso-edit", OWNER, form={"name": ""}, ok=(422,)),
    row("POST sso-switch", OWNER),
    row("POST sso-delete", OWNER),
    row("GET mail-domain-new", SETTINGS),
    row("POST mail-domain-new", OWNER, form={"domain": "more.example", "joins_as": ""}),
    row("POST mail-domain-check", OWNER, ok=(409,), why="there is no such record in the DNS"),
    row("POST mail-domain-delete", OWNER),
    row("GET teams", SETTINGS),
    row("GET team-create", SETTINGS),
    row("POST team-create", SETTINGS, form={"name": "Sales West", "members": the.user}),
    row("GET team-edit", SETTINGS),
    row("POST team-edit", SETTINGS, form={"name": "Sales North"}),
    row("POST team-delete", SETTINGS),
    row("GET keys", SETTINGS),
    row("GET keys-new", SETTINGS & PERSON),
    row("POST keys-new", SETTINGS & PERSON, form={"name": "More", "reach": "all"}),
    row("POST keys-revocation", SETTINGS),
    row("GET support", SETTINGS),
    row("POST support-access", SETTINGS, form={"access": "off"}),
    row("POST support-answer", SETTINGS, form={"agree": "1"}),
    row("POST support-end", SETTINGS),
    row("GET support-enter", LINK, query={"ticket": the.ticket}, secret="ticket"),
    row("POST support-leave", OPEN),
    row("GET sandboxes", OWNING),
    row("GET sandbox-new", OWNING),
    row("POST sandbox-new", OWNING, form=SANDBOX),
    row("GET kept-mail", OWNING, mail_id=the.sandbox, ok=(404,), why="the sample kept no mail"),
    row("GET sandbox-changes", OWNING),
    row("POST sandbox-changes", OWNING, form={}, ok=(422,), why="nothing is chosen in the sample"),
    row("POST sandbox-refresh", OWNING),
    row("POST sandbox-keep", OWNING),
    row("POST sandbox-drop", OWNING),
    row("GET audit", SETTINGS),
    row("POST audit-verification", SETTINGS),
    row("GET audit-export", SETTINGS, file_format="csv"),
    row("GET company-settings", SETTINGS),
    row("POST company-settings", SETTINGS,
        form={"name": "Alpha Works", "time_zone": "Asia/Kolkata", "language": "en", "currency": "INR"}),
]  # fmt: skip

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
RENAMED = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "displayName", "value": "Other"}]}
NEW_PERSON = {"userName": "scim@alpha.example", "emails": [{"value": "scim@alpha.example"}], "active": True}
USER = {"user_id": the.scim_user}
TEAMS = {"team_id": the.scim_team}
DIRECTORIES = [
    row("GET scim/v2/Users", DIRECTORY),
    row("POST scim/v2/Users", DIRECTORY, json=NEW_PERSON),
    row("GET scim/v2/Users/<uuid:user_id>", DIRECTORY, **USER),
    row("PUT scim/v2/Users/<uuid:user_id>", DIRECTORY, **USER, json={"displayName": "Other"}),
    row("PATCH scim/v2/Users/<uuid:user_id>", DIRECTORY, **USER, json=RENAMED),
    row("DELETE scim/v2/Users/<uuid:user_id>", DIRECTORY, **USER),
    row("GET scim/v2/Groups", DIRECTORY),
    row("POST scim/v2/Groups", DIRECTORY, json={"displayName": "East"}),
    row("GET scim/v2/Groups/<uuid:team_id>", DIRECTORY, **TEAMS),
    row("PUT scim/v2/Groups/<uuid:team_id>", DIRECTORY, **TEAMS, json={"displayName": "West"}),
    row("PATCH scim/v2/Groups/<uuid:team_id>", DIRECTORY, **TEAMS, json=RENAMED),
    row("DELETE scim/v2/Groups/<uuid:team_id>", DIRECTORY, **TEAMS),
    row("GET scim/v2/<str:name>", DIRECTORY, name="ServiceProviderConfig"),
    *(row(f"{method} scim/v2/<path:rest>", DIRECTORY, rest="a/b", ok=(404,))
      for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
]  # fmt: skip
"""Of what is not there only a directory is told."""
