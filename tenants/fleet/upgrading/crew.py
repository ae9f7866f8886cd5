"""Several hands at one pile of companies. Who is in somebody's way comes back to the pile for later."""

import heapq
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from tenants.fleet.upgrading.hands import Hand, Outcome, Task
from tenants.fleet.upgrading.limits import Limits

TICK_SECONDS = 0.3


class Crew:
    """`make_hand` gives each thread one that only it uses. After so many failures nothing more is begun."""

    def __init__(self, make_hand: Callable[[], Hand], workers: int, limits: Limits, stop_after: int) -> None:
        self.make_hand = make_hand
        self.workers = workers
        self.limits = limits
        self.failures_left = stop_after
        self.pile: list[tuple[float, int, Task]] = []
        self.open = 0
        self.is_stopped = False
        self.numbers = count()
        self.change = threading.Condition()
        self.outcomes: queue.Queue[Outcome] = queue.Queue()

    def work(self, tasks: Sequence[Task]) -> Iterator[Outcome | None]:
        """What becomes of each task, in the order it becomes so; None now and then, when there is no news.

        Whoever stops listening stops the crew: hands finish what they hold, the rest is left.
        """
        for task in tasks:
            self._put(task, due=0.0)
        self.open = len(tasks)
        threads = [threading.Thread(target=self._labour) for _ in range(min(self.workers, len(tasks)))]
        for thread in threads:
            thread.start()
        try:
            yield from self._awaited(len(tasks))
        finally:
            self.stop()
            for thread in threads:
                thread.join()

    def _awaited(self, expected: int) -> Iterator[Outcome | None]:
        told = 0
        while told < expected:
            try:
                outcome = self.outcomes.get(timeout=TICK_SECONDS)
            except queue.Empty:
                yield None
                continue
            told += 1
            yield outcome

    def stop(self) -> None:
        with self.change:
            self.is_stopped = True
            self.change.notify_all()

    def _put(self, task: Task, *, due: float) -> None:
        heapq.heappush(self.pile, (due, next(self.numbers), task))

    def _labour(self) -> None:
        hand = self.make_hand()
        try:
            while task := self._next():
                self._take_in(hand.work(task))
        finally:
            hand.close()

    def _next(self) -> Task | None:
        """The next that is due; waits for one. None when all is over."""
        with self.change:
            while self.open and not self.is_stopped:
                wait = self.pile[0][0] - time.monotonic() if self.pile else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self.pile)[2]
                self.change.wait(wait)
            return None

    def _take_in(self, outcome: Outcome) -> None:
        with self.change:
            if outcome.again:
                self._put(outcome.again, due=time.monotonic() + self.limits.delay_seconds(outcome.again.tries))
            else:
                self.open -= 1
                self.failures_left -= bool(outcome.error)
                self.is_stopped |= self.failures_left <= 0
                self.outcomes.put(outcome)
            self.change.notify_all()
