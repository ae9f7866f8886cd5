"""Actions that reach outside: mails, requests, signed webhooks. Asked again after a crash with the same key."""

import json
from collections.abc import Mapping
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenants.automation.catalogue import ActionKind, Param
from tenants.automation.definition.scopes import as_text, plain
from tenants.automation.engine.step import Step
from tenants.directory.hosts import tenant_now
from tenants.kernel import standard_webhooks
from tenants.kernel.clock import real_now
from tenants.kernel.errors import Invalid, ProviderFailed
from tenants.kernel.mailing import send_branded
from tenants.kernel.outbound import Answer, NotAllowed, StaysInside, fetch

MESSAGES, OUTSIDE = _("Messages"), _("Other systems")
MOST_BODY = 256 * 1024
MOST_ANSWER = 256 * 1024
COMES_LATER = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection"})


class TryLater(ProviderFailed):
    """The other side may take it another time. `wait_seconds`: how long it asked us to wait."""

    code = "try_later"

    def __init__(self, detail: str, wait_seconds: int = 0) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(detail)


class Refused(ProviderFailed):
    """The other side does not want it: a second try is vain."""

    code = "refused_outside"
    may_pass = False


# Mail


def send_email(step: Step) -> Mapping[str, Any]:
    """In the company's brand, to one address. Raises Invalid, TryLater, Refused."""
    mail = mail_of(step)
    if mail.get("skipped"):
        return mail
    values = {name: mail[name] for name in ("subject", "text", "url", "button")}
    try:
        send_branded(tenant_now(), "workflow", mail["to"], values, key=step.idempotency_key)
    except SMTPRecipientsRefused as error:
        raise Refused(_t("The mail server refused the address.")) from error
    except (SMTPException, OSError) as error:
        raise TryLater(_t("The mail server could not be reached: %(why)s") % {"why": str(error)[:200]}) from error
    return {"to": mail["to"], "subject": mail["subject"]}


def mail_of(step: Step) -> dict[str, Any]:
    """What would be sent; `skipped` says why not. Raises Invalid."""
    params = step.open_params()
    to = as_text(params.get("to")).strip()
    if _wants_none(step.record, to):
        return {"to": to, "skipped": _t("They do not want e-mails.")}
    try:
        validate_email(to)
    except ValidationError as error:
        raise Invalid({"to": [_t("“%(to)s” is no e-mail address.") % {"to": to[:80]}]}) from error
    subject, text = " ".join(as_text(params.get("subject")).split()), as_text(params.get("text"))
    if not subject or not text.strip():
        raise Invalid({"subject": [_t("A mail needs a subject and a text.")]})
    return {
        "to": to, "subject": subject[:200], "text": text, "url": as_text(params.get("url")),
        "button": as_text(params.get("button")),
    }  # fmt: skip


def _wants_none(record: Any, to: str) -> bool:
    """Whether the record, or the person behind it, does not want mails at this address."""
    for person in (record, getattr(record, "contact", None)):
        if person is not None and getattr(person, "do_not_email", False):
            return bool(str(getattr(person, "email", "")).casefold() == to.casefold())
    return False


# Requests


def request(step: Step) -> Mapping[str, Any]:
    """Any method, any address outside. What the other side answers is the output. Raises TryLater, Refused."""
    params = step.open_params()
    method = str(params.get("method") or "POST").upper()
    body = _body(params.get("body"))
    headers = {"Idempotency-Key": step.idempotency_key, "User-Agent": "Workflows", **_headers(params.get("headers"))}
    if body is not None and not isinstance(params.get("body"), str):
        headers.setdefault("Content-Type", "application/json")
    answer = _asked(method, as_text(params.get("url")), headers, body)
    if answer.status >= 400 and not params.get("takes_errors"):
        _refuse(answer)
    return _told(answer)


def webhook(step: Step) -> Mapping[str, Any]:
    """A POST that the receiver can check, as Standard Webhooks asks. Raises TryLater, Refused."""
    params = step.open_params()
    given = plain(params.get("body") or _usual_body(step))
    body = json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()
    secret = as_text(params.get("secret"))
    headers = {"Content-Type": "application/json", "Idempotency-Key": step.idempotency_key}
    if secret:
        headers |= _signed(step, body, secret)
    answer = _asked("POST", as_text(params.get("url")), headers, body)
    if answer.status >= 400:
        _refuse(answer)
    return _told(answer)


def _signed(step: Step, body: bytes, secret: str) -> dict[str, str]:
    try:
        found = standard_webhooks.headers(
            message_id=f"msg_{step.idempotency_key[:32]}", sent_at=int(real_now().timestamp()), body=body,
            secrets=[secret],
        )  # fmt: skip
    except ValueError as error:
        raise Invalid({"secret": [_t("This is no signing secret. It looks like whsec_…")]}) from error
    return dict(found)


def _usual_body(step: Step) -> dict[str, Any]:
    record_type, record = step.record_type, step.record
    fields = record_type.open_fields if record_type and record is not None else {}
    shown = {name: plain(field.to_api(record)) for name, field in fields.items()}
    return {
        "type": "workflow.step", "timestamp": step.now.isoformat(),
        "data": {
            "workflow": step.workflow_name, "record_type": record_type.name if record_type else None,
            "record_id": str(record.pk) if record is not None else None, "record": shown or None,
        },
    }  # fmt: skip


def _asked(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
    if method not in METHODS:
        raise Invalid({"method": [_t("Choose one of: %(known)s.") % {"known": ", ".join(METHODS)}]})
    try:
        answer = fetch(method, url, headers=dict(headers), content=body, most_bytes=MOST_ANSWER)
    except (NotAllowed, StaysInside) as error:
        raise Refused(str(error.detail)) from error
    if answer.status in COMES_LATER:
        words = _t("The other side answered %(status)d.") % {"status": answer.status}
        raise TryLater(words, _wait_asked(answer.headers))
    return answer


def _refuse(answer: Answer) -> None:
    words = _t("The other side answered %(status)d: %(body)s")
    raise Refused(words % {"status": answer.status, "body": answer.body[:300].decode("utf-8", "replace")})


def _wait_asked(headers: Mapping[str, str]) -> int:
    said = headers.get("retry-after", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 7 else 0


def _headers(raw: Any) -> dict[str, str]:
    if raw in (None, "", {}):
        return {}
    if not isinstance(raw, Mapping):
        raise Invalid({"headers": [_t("Give an object of names and values.")]})
    found = {str(name): as_text(value) for name, value in raw.items() if str(name).lower() not in OURS}
    if any("\n" in one or "\r" in one for pair in found.items() for one in pair):
        raise Invalid({"headers": [_t("A header is one line.")]})
    return found


def _body(raw: Any) -> bytes | None:
    if raw in (None, ""):
        return None
    found = raw.encode() if isinstance(raw, str) else json.dumps(plain(raw), ensure_ascii=False).encode()
    if len(found) > MOST_BODY:
        raise Invalid({"body": [_t("Send at most %(most)d KB.") % {"most": MOST_BODY // 1024}]})
    return found


def _told(answer: Answer) -> dict[str, Any]:
    text = answer.body.decode("utf-8", "replace")
    try:
        body = json.loads(text) if text.strip() else None
    except ValueError:
        body = text
    return {"status": answer.status, "body": body}


def _told_request(step: Step) -> Mapping[str, Any]:
    return {name: plain(value) for name, value in step.params.items() if name in SHOWN and value}


SHOWN = ("method", "url", "headers", "body")
URL = Param(name="url", label=_("Address"), kind="url", is_required=True)
ANSWER = {"status": _("Number of the answer"), "body": _("What it says")}
ACTIONS = (
    ActionKind(
        name="send_email", label=_("Send an e-mail"), icon="mail", group=MESSAGES, run=send_email, told=mail_of,
        is_outward=True, is_message=True, needs_record=False,
        params=(
            Param(name="to", label=_("To"), is_required=True, default="{{record.email}}"),
            Param(name="subject", label=_("Subject"), is_required=True),
            Param(name="text", label=_("Text"), kind="long_text", is_required=True),
            Param(name="button", label=_("Words of the button")),
            Param(name="url", label=_("Where it leads"), kind="url"),
        ),
        outputs={"to": _("Whom it went to"), "subject": _("Its subject")},
    ),
    ActionKind(
        name="api_call", label=_("HTTP request"), icon="world", group=OUTSIDE, run=request, told=_told_request,
        is_outward=True, needs_record=False, outputs=ANSWER,
        params=(
            Param(name="method", label=_("Method"), kind="choice", default="POST",
                  choices=tuple((one, one) for one in METHODS)),
            URL, Param(name="headers", label=_("Headers"), kind="json"),
            Param(name="body", label=_("Body"), kind="json"),
            Param(name="takes_errors", label=_("Go on with answers from 400 on"), kind="boolean"),
        ),
    ),
    ActionKind(
        name="webhook", label=_("Send a webhook"), icon="webhook", group=OUTSIDE, run=webhook, told=_told_request,
        about=_("A signed POST, as Standard Webhooks asks."), is_outward=True, needs_record=False, outputs=ANSWER,
        params=(
            URL, Param(name="body", label=_("Body"), kind="json", hint=_("Empty: the record")),
            Param(name="secret", label=_("Signing secret"), hint=_("Like {{secrets.NAME}}; empty: unsigned")),
        ),
    ),
)  # fmt: skip
