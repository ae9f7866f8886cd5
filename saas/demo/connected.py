"""An app of others that a colleague has let in, so that the pages about it show something."""

from tenants.identity.models import User
from tenants.identity.oauth.clients import create_client
from tenants.identity.oauth.issuing import issue, keep_code, new_code, use_up
from tenants.identity.oauth.scopes import cut_to

BACK = "https://sheetwise.example/oauth/back"
SCOPES = {"contacts": ["edit", "view"], "deals": ["view"]}


def connect_app(*, owner: User, colleague: User) -> None:
    """Put in by the owner, allowed by a colleague. Nobody keeps its secret or its tokens."""
    client, _secret = create_client(
        name="Sheetwise", about="Keeps a spreadsheet of your contacts and deals up to date.",
        website="https://sheetwise.example", redirect_uris=[BACK], scopes=SCOPES, by=owner.actor,
    )  # fmt: skip
    scopes = cut_to(SCOPES, colleague.actor)
    access = keep_code(code=new_code(), client=client, user=colleague, scopes=scopes, redirect_uri=BACK, challenge="")
    issue(access, scopes)
    use_up(access)
