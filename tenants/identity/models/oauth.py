"""Programs of others that people here let work in their name, by OAuth 2."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from tenants.identity.models.keys import Pass
from tenants.identity.models.people import User
from tenants.kernel.actors import Scopes, narrowed
from tenants.kernel.models import Row

ACCESS = "oa_"


class OAuthClient(Row):
    """A program that may ask people here. Its id is the client id; of its secret only the hash is kept."""

    name = models.CharField(max_length=80)
    about = models.CharField(max_length=200, blank=True)
    website = models.CharField(max_length=300, blank=True)
    maker = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    """Who put it in; acting alone, the program has this person's rights."""
    is_public = models.BooleanField(default=False)
    """Runs on people's own devices and can keep no secret."""
    acts_alone = models.BooleanField(default=False)
    redirect_uris = ArrayField(models.TextField(), default=list)
    scopes = models.JSONField(default=dict)
    """The most it may ask for: record type (or `*`) to verbs."""
    digest = models.CharField(max_length=64, blank=True)
    former_digest = models.CharField(max_length=64, blank=True)
    former_until = models.DateTimeField(null=True)
    """Up to when the secret before the last one is good as well."""

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def client_id(self) -> str:
        return self.pk.hex


class OAuthAccess(Pass):
    """One person's consent to one program, and what came of it: the code, then an access and a refresh token.

    A refresh puts new tokens in the place of the old ones, so one row is one family: revoked, all of it is dead.
    Where the program acts alone there is neither code nor refresh token.
    """

    client = models.ForeignKey(OAuthClient, models.CASCADE, related_name="accesses")
    user = models.ForeignKey(User, models.CASCADE, related_name="oauth_accesses")
    is_alone = models.BooleanField(default=False)
    consented = models.JSONField(default=dict)
    """What the person agreed to; the access token may have less (`scopes`)."""
    code_digest = models.CharField(max_length=64, blank=True)
    code_challenge = models.CharField(max_length=128, blank=True)
    code_until = models.DateTimeField(null=True)
    code_used_at = models.DateTimeField(null=True)
    redirect_uri = models.TextField(blank=True)
    refresh_digest = models.CharField(max_length=64, blank=True)
    refresh_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.client} for {self.user}"

    @property
    def prefix(self) -> str:
        """Names the row in the text that is shown."""
        return f"{ACCESS}{self.pk.hex}"

    @property
    def family(self) -> str:
        return "oauth"

    @property
    def cut_to(self) -> Scopes:
        """No more than the client may ask for today."""
        held = {name: frozenset(verbs) for name, verbs in (self.scopes or {}).items()}
        return {name: sorted(verbs) for name, verbs in narrowed(held, self.client.scopes).items()}

    @property
    def told(self) -> tuple[str, dict[str, str]]:
        return self.client.name, {"client": self.client.client_id}

    @property
    def through(self) -> str:
        return self.client.name

    @property
    def is_refreshable(self) -> bool:
        return not self.revoked_at and bool(self.refresh_until and self.refresh_until > timezone.now())
