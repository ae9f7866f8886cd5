"""No company takes all threads: two are always left to the others, and half to whoever is quick.

Counted in each process by itself. A company at its share is answered at once that it come again, which costs a
millisecond; its requests under way go on.
"""

import threading
import time
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from saas.problems import busy
from tenants.kernel.errors import TooBusy
from tenants.kernel.logs import logger

LEFT_TO_OTHERS = 2
SLOW_SECONDS = 1.0
LOST_SECONDS = 900.0
"""Longer than any request: a stream whose reader went away without a word is not counted for ever."""

log = logger(__name__)


class Share:
    """Which requests of which company are under way in this process, and since when."""

    def __init__(self, threads: int) -> None:
        self.most = max(threads - LEFT_TO_OTHERS, 1)
        self.most_slow = max(threads // 2, 1)
        self._begun: dict[UUID, list[float]] = {}
        self._lock = threading.Lock()

    def enter(self, company_id: UUID) -> float | None:
        """What to leave with; None where the company has its share."""
        now = time.monotonic()
        with self._lock:
            begun = [since for since in self._begun.get(company_id, ()) if now - since < LOST_SECONDS]
            self._begun[company_id] = begun
            slow = sum(now - since > SLOW_SECONDS for since in begun)
            if len(begun) >= self.most or slow >= self.most_slow:
                return None
            begun.append(now)
            return now

    def leave(self, company_id: UUID, since: float) -> None:
        with self._lock:
            begun = self._begun.get(company_id, [])
            if since in begun:
                begun.remove(since)
            if not begun:
                self._begun.pop(company_id, None)

    @property
    def under_way(self) -> int:
        return sum(map(len, self._begun.values()))


class Shares:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.share = Share(settings.WEB_THREADS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        company_id = request.tenant.place.company_id  # type: ignore[attr-defined]
        if company_id is None:
            return self.get_response(request)
        since = self.share.enter(company_id)
        if since is None:
            log.warning("company at its share of threads", path=request.path)
            return busy(request, TooBusy())
        return self._answer(request, company_id, since)

    def _answer(self, request: HttpRequest, company_id: UUID, since: float) -> HttpResponseBase:
        """A file on its way holds its thread until it has gone."""
        is_streaming = False
        try:
            response = self.get_response(request)
            is_streaming = response.streaming
            if is_streaming:
                response._resource_closers.append(lambda: self.share.leave(company_id, since))  # type: ignore[attr-defined]
            return response
        finally:
            if not is_streaming:
                self.share.leave(company_id, since)
