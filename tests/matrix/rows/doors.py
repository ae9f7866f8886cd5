"""What every face has: its brand, signing in, one's own account."""

from typing import Any

from tests.matrix.needs import LINK, OPEN, PERSON
from tests.matrix.samples import Row, row, the


def rows(face: str) -> list[Row]:
    return [*BRAND, *SIGN_IN, *_single(face), *ACCOUNT, *([DOCUMENT] if face != "platform" else [])]


def _asks_again(answer: Any) -> bool:
    """Whoever is in may, and is asked once more who they are: the scene's browsers have been in for a while."""
    return answer.status_code in (200, 422) or answer.json().get("code") == "prove_again"


BRAND = [
    row("GET brand_css"),
    row("GET brand_picture", kind="icon"),
    row("GET manifest"),
    row("POST theme", form={"theme": "dark"}),
]
DOCUMENT = row("GET api/v1/openapi.json")
FORGED = "what no provider has signed opens nothing; true answers are in tests/identity"
SIGN_IN = [
    row("GET sign-in"),
    row("POST sign-in", form={"email": the.owner_email, "password": the.password}),
    row("GET sign-in-second", why="without a first step it leads back to the sign-in page"),
    row("POST sign-in-second", form={"code": "123456"}),
    row("GET sign-in-set-up"),
    row("POST sign-in-set-up", form={"code": "123456"}),
    row("GET sign-in-ask-link"),
    row("POST sign-in-ask-link", form={"email": the.owner_email}),
    row("GET sign-in-link", LINK, token=the.link_token, secret="token"),
    row("POST sign-in-link", LINK, token=the.link_token, secret="token"),
    row("POST sign-in-passkey-begin"),
    row("POST sign-in-passkey", json={"answer": {}}, ok=(422,), why=FORGED),
    row("POST sign-out"),
    row("GET forgot-password"),
    row("POST forgot-password", form={"email": the.owner_email}),
    row("GET reset", LINK, token=the.reset_token, secret="token"),
    row("POST reset", LINK, token=the.reset_token, secret="token", form={"password": "a quiet river 77"}),
    row("GET welcome", LINK, user_id=the.invited, token=the.invite_token, secret="token"),
    row("POST welcome", LINK, user_id=the.invited, token=the.invite_token, secret="token",
        form={"name": "Nina", "password": "a quiet river 77"}),
]  # fmt: skip


def _single(face: str) -> list[Row]:
    """Single sign-on is a company's: elsewhere there is none to find."""
    none = {} if face == "company" else {"ok": (404,), "why": "only companies have providers"}
    refused: Any = {"ok": (400, 404, 410, 422, 502), "why": FORGED}
    acme = {"slug": "acme"}
    return [
        row("GET sso-begin", OPEN, **acme, **none),
        row("GET sso-back", OPEN, **acme, **refused),
        row("GET saml-about", OPEN, **acme, **none),
        row("POST saml-acs", OPEN, **acme, **refused, form={"SAMLResponse": "x"}),
        row("GET saml-finish", OPEN, **acme, **refused),
    ]


PASSWORD = {"current": the.password, "password": "a quiet river 77"}
ACCOUNT = [
    row("GET profile", PERSON),
    row("POST profile", PERSON, form={"name": "Other Name", "time_zone": "", "language": ""}),
    row("GET factors", PERSON),
    row("GET factor-app", PERSON),
    row("POST factor-app", PERSON, form={"code": "123456"}, ok=(422,)),
    row("POST recovery-codes", PERSON, ok=(404,)),
    row("POST factor-removal", PERSON, authenticator_id="01890a5d-ac96-774b-bcce-b302099a8057", ok=(404,)),
    row("GET prove", PERSON),
    row("POST prove", PERSON, form={"proof": "not the password"}, ok=(422,)),
    row("POST profile-password", PERSON, form=PASSWORD, ok=(422,)),
    row("POST profile-session-end", PERSON, session="0123456789abcdef", ok=(404,)),
    row("POST profile-other-sessions", PERSON),
    row("POST passkey-begin", PERSON, judge=_asks_again),
    row("POST passkey-new", PERSON, json={"answer": {}}, judge=_asks_again, ok=(422,)),
]
