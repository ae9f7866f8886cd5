"""People, what they may do, and the ways they prove who they are.

The tables stand in public (platform and agency staff) and in every company's
schema (its users): a session, key or token of one place does not exist in another.
"""

from tenants.identity.models.audit import AuditEntry
from tenants.identity.models.delegation import Delegation
from tenants.identity.models.keys import ApiKey, Pass
from tenants.identity.models.oauth import OAuthAccess, OAuthClient
from tenants.identity.models.people import Role, Team, TeamMember, User, UserManager
from tenants.identity.models.sessions import Session
from tenants.identity.models.signin import (
    Authenticator,
    AuthenticatorKind,
    Outcome,
    SecondFactorFor,
    SignIn,
    SignInPolicy,
)
from tenants.identity.models.sso import (
    LinkedIdentity,
    MailDomain,
    NewPeople,
    ScimClient,
    ScimItem,
    SsoConnection,
    SsoKind,
)

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Authenticator",
    "AuthenticatorKind",
    "Delegation",
    "LinkedIdentity",
    "MailDomain",
    "NewPeople",
    "OAuthAccess",
    "OAuthClient",
    "Outcome",
    "Pass",
    "Role",
    "ScimClient",
    "ScimItem",
    "SecondFactorFor",
    "Session",
    "SignIn",
    "SignInPolicy",
    "SsoConnection",
    "SsoKind",
    "Team",
    "TeamMember",
    "User",
    "UserManager",
]
