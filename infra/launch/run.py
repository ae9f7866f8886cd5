"""Second half of `infra/up`, by .venv's Python: databases, set-up, processes."""

import contextlib
import http.client
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from types import FrameType

import psycopg
import redis

from infra.launch import data_dir, report
from infra.launch.console import RefusalError, Steps, give_up
from infra.launch.options import Options, read_options
from infra.launch.ports import kept_port
from infra.launch.preparation import prepare, publish_ready, ready_file
from infra.launch.services import Settings, log_of, services
from infra.launch.up import INSTALL_STEPS, STARTED, STEPS
from saas.embedded.errors import EmbeddedError
from saas.embedded.logs import MergedLog
from saas.embedded.postgres import Postgres
from saas.embedded.redis import ONCE, Redis
from saas.embedded.supervisor import Service, Supervisor

READY_SECONDS = 120.0
MOST_EARLY_FALLS = 3
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody wants us to end: no `except Exception` may swallow it."""


def main(arguments: Sequence[str]) -> None:
    options = read_options(arguments)
    _raise_on_stop_signals()
    try:
        with data_dir.held(options.data_dir):
            _up(options)
    except (RefusalError, EmbeddedError) as reason:
        give_up("infra/up", reason)
    except Stopped:
        print("Stopped. Data stays in", options.data_dir, flush=True)


def _raise_on_stop_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in STOP_SIGNALS:
        signal.signal(number, stop)


def _up(options: Options) -> None:
    steps = Steps(STEPS, done=INSTALL_STEPS)
    with contextlib.ExitStack() as servers:
        with steps.step("Databases"):
            settings, watched = _databases(options, servers)
        settings.write_environment()
        ready_file(settings).unlink(missing_ok=True)
        prepare(settings, steps)
        supervisor = _supervisor(settings, watched)
        with _stopped_at_the_end(supervisor, settings):
            with steps.step("Processes"):
                supervisor.start(services(settings))
                _wait_until_ready(supervisor, options)
            publish_ready(settings)
            _announce(settings)
            supervisor.log.skip_to_end()
            supervisor.run()


def _databases(options: Options, servers: contextlib.ExitStack) -> tuple[Settings, list[Service]]:
    """Ours where no real ones are named; stopped when `servers` closes, PostgreSQL last."""
    postgres, store = Postgres(options.data_dir), Redis(options.data_dir)
    if options.is_fresh:
        _wipe(options, postgres, store)
    watched: list[Service] = []
    database_url = os.environ.get("DATABASE_URL", "")
    if not database_url:
        servers.callback(postgres.stop)
        database_url = postgres.start()
        watched.append(Service("postgres", postgres.log, postgres.spawn, postgres.process))
    redis_url = os.environ.get("REDIS_URL", "")
    if not redis_url:
        servers.callback(store.stop)
        redis_url = store.start()
        watched.append(Service("redis", store.log, store.spawn, store.process))
    _refuse_unreachable(database_url, redis_url)
    sandbox, live = (kept_port(options.data_dir / f"{name}.port") for name in ("sandbox", "live"))
    return Settings(options, database_url, redis_url, sandbox, live), watched


def _wipe(options: Options, postgres: Postgres, store: Redis) -> None:
    """The check for our marker comes first: nothing is touched in a folder that is not ours."""
    data_dir.refuse_foreign(options.data_dir)
    store.wipe()
    postgres.wipe()
    data_dir.empty(options.data_dir)


def _refuse_unreachable(database_url: str, redis_url: str) -> None:
    try:
        psycopg.connect(database_url, connect_timeout=10).close()
    except psycopg.Error as error:
        raise RefusalError(f"DATABASE_URL: {' '.join(str(error).split())}") from None
    try:
        with redis.Redis.from_url(redis_url, socket_connect_timeout=10, retry=ONCE) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise RefusalError(f"REDIS_URL: {error}") from None


def _supervisor(settings: Settings, watched: Sequence[Service]) -> Supervisor:
    names = [*(service.name for service in watched), *(service.name for service in services(settings))]
    log = MergedLog({name: log_of(settings, name) for name in names}, sys.stdout)
    return Supervisor(watched, log, lambda line: log.say("up", line))


@contextlib.contextmanager
def _stopped_at_the_end(supervisor: Supervisor, settings: Settings) -> Iterator[None]:
    try:
        yield
    finally:
        ready_file(settings).unlink(missing_ok=True)
        supervisor.stop()


def _wait_until_ready(supervisor: Supervisor, options: Options) -> None:
    until = time.monotonic() + READY_SECONDS
    while not _answers(options):
        supervisor.tick()
        _refuse_if_falling(supervisor, options)
        if time.monotonic() > until:
            _refuse_with_log(supervisor, options, "web", f"did not answer within {READY_SECONDS:.0f} s")
        time.sleep(0.2)


def _answers(options: Options) -> bool:
    host = "127.0.0.1" if options.host == "0.0.0.0" else options.host  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, options.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _refuse_if_falling(supervisor: Supervisor, options: Options) -> None:
    for service in supervisor.services:
        if service.failures >= MOST_EARLY_FALLS:
            _refuse_with_log(supervisor, options, service.name, "does not stay up")


def _refuse_with_log(supervisor: Supervisor, options: Options, name: str, what: str) -> None:
    print("\n" + supervisor.log.tail(name, 25))
    raise RefusalError(f"The process {name} {what}; its whole log is in {options.data_dir / 'logs'}.")


def _announce(settings: Settings) -> None:
    """READY is the last line of the start; the log follows."""
    url, rows = report.logins(ready_file(settings))
    seconds = time.monotonic() - float(os.environ.get(STARTED, time.monotonic()))
    print(f"\n{report.table(rows)}\n\n  up in {seconds:.0f} s; Ctrl-C stops; data in {settings.options.data_dir}")
    print(f"READY {url}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
