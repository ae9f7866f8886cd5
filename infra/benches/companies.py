"""Making companies as a person does: the form of the agency's portal, over HTTP."""

import re
import time
from http.cookies import SimpleCookie

import httpx

from infra.benches.load import Refused

FORM = "/companies/new/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def create_times_ms(port: int, host: str, session: str, *, count: int) -> list[float]:
    """How long each POST of the form took, until its redirect came. Raises Refused."""
    headers = {"Host": f"{host}:{port}", "Cookie": session, "Origin": f"http://{host}:{port}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as browser:
        return [_create(browser, session, number) for number in range(count)]


def _create(browser: httpx.Client, session: str, number: int) -> float:
    page = browser.get(FORM)
    token = TOKEN.search(page.text)
    if page.status_code != 200 or not token:
        raise Refused(f"no form at {FORM}: {page.status_code}")
    cookies = SimpleCookie(page.headers.get("set-cookie", ""))
    csrf = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    values = {
        "csrfmiddlewaretoken": token[1], "name": f"Company {number}", "slug": f"company-{number}",
        "country": "IN", "language": "en", "owner_email": f"owner{number}@company.example",
    }  # fmt: skip
    started = time.perf_counter()
    answer = browser.post(FORM, data=values, headers={"Cookie": f"{session}; {csrf}"})
    taken = (time.perf_counter() - started) * 1000
    if answer.status_code != 302:
        raise Refused(f"company {number} was not made: {answer.status_code} {answer.text[:500]}")
    return taken
