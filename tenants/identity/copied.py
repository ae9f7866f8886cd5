"""What becomes of people, their ways in and the audit when a company is copied.

Whatever opens a door stays behind: keys, tokens, sessions, providers. Only a package under a passphrase takes
passwords and app codes along, so that people sign in over there as they did.
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.directory.models import Company
from tenants.identity.actions import add_user
from tenants.identity.auditing.carrying import audit_told, take_audit
from tenants.identity.enums import OWNER
from tenants.identity.letters import post_invitation
from tenants.identity.models import SignIn, SignInPolicy, User
from tenants.identity.switching.index import rebuild
from tenants.kernel import context
from tenants.kernel.copies import (
    EVERYWHERE,
    NOTHING,
    NOWHERE,
    PACKAGES,
    SEALED,
    Copy,
    Else,
    Facts,
    Part,
    once_open,
    part,
    table,
    then,
)

OPENS_NOTHING = "!"
"""How Django writes a password that nobody has."""
UNTIL_INVITED = Else(NOTHING, unless=PACKAGES)
table("identity.AuditEntry", comes=NOWHERE)
table("identity.Role", comes=EVERYWHERE)
table("identity.Team", comes=EVERYWHERE)
table(
    "identity.User",
    else_as={"password": Else(f"'{OPENS_NOTHING}'", unless=SEALED), "last_login": UNTIL_INVITED},
    again=_("Passwords: everybody sets a new one by a mailed link"),
    again_unless=SEALED,
)
table(
    "identity.SignInPolicy", comes=EVERYWHERE, else_as={"is_sso_only": Else("false", unless=SEALED)},
)  # fmt: skip
table("identity.SignIn", comes=PACKAGES)
table(
    "identity.Authenticator", comes=SEALED, only={Copy.SEALED: "kind IN ('totp', 'passwords')"},
    else_as={"handle": Else("''")}, again=_("Second factors: passkeys, app codes and recovery codes"),
)  # fmt: skip
table("identity.Session", comes=NOWHERE)
table("identity.ApiKey", comes=NOWHERE, again=_("API keys and personal tokens"))
table("identity.OAuthClient", comes=NOWHERE, again=_("Connected apps"))
table("identity.OAuthAccess", comes=NOWHERE)
table("identity.SsoConnection", comes=SEALED, again=_("Identity providers"))
table("identity.LinkedIdentity", comes=SEALED)
table("identity.MailDomain", comes=NOWHERE, again=_("Proven mail domains"))
table("identity.ScimClient", comes=NOWHERE, again=_("Directories that manage people"))
table("identity.ScimItem", comes=NOWHERE)


@then
def settle(facts: Facts) -> None:
    """Rules and tries of signing in name the place they hold in."""
    salt = context.place().salt
    for model in (SignInPolicy, SignIn):
        model._default_manager.filter(scope=facts.from_salt).update(scope=salt)
    if facts.copy == Copy.SHAPE and not User.objects.exists():
        add_user(email=facts.owner_email, name=facts.owner_name, role=OWNER)
    if not facts.is_same_agency:
        # Nobody here has shown this agency that the mailbox is theirs.
        User.objects.filter(password__startswith=OPENS_NOTHING).update(verified_at=None)


@once_open
def greet(facts: Facts) -> None:
    """The index of who works where, and a letter to an owner who cannot enter yet."""
    company_id = context.company_id()
    with context.public():
        company = Company.objects.get(pk=company_id)
    rebuild(company)
    owner = User.objects.filter(email__iexact=facts.owner_email, is_active=True, verified_at=None).first()
    if owner and not company.is_sandbox:
        User.objects.filter(pk=owner.pk).update(invited_at=owner.invited_at or timezone.now())
        post_invitation(owner)


part(Part(name="audit", comes=PACKAGES, out=audit_told, take=take_audit))
