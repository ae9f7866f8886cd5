"""A company comes to life: with a full pool, with an empty one, fifty at once, and as django-tenants does it."""

import json
import os
import subprocess
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from infra.benches.report import Report, p50, p99
from infra.benches.site import REPO, Site, prepared_site

FULL, EMPTY, BURST, STOCK = 100, 15, 50, 3
QUICK_FULL, QUICK_EMPTY, QUICK_BURST, QUICK_STOCK = 10, 3, 8, 1
STOCK_DATABASE = "stock"


def run(*, is_quick: bool, rows: int) -> Report:
    with prepared_site() as site:
        sizes = (QUICK_FULL, QUICK_EMPTY, QUICK_BURST, QUICK_STOCK) if is_quick else (FULL, EMPTY, BURST, STOCK)
        maker = Maker(site)
        full, empty = maker.with_full_pool(sizes[0]), maker.with_empty_pool(sizes[1])
        burst = maker.all_at_once(sizes[2])
        stock = stock_times(os.environ["DATABASE_URL"], sizes[3])
        return _report(maker, full, empty, burst, stock)


class Maker:
    """Makes companies by the action that page, API and command line call. Import after Django is set up."""

    def __init__(self, site: Site) -> None:
        from tenants.directory.actions import activate_agency, create_agency
        from tenants.fleet.template import current_template
        from tenants.kernel import context
        from tenants.kernel.actors import robot

        self.context, self.robot = context, robot
        with context.public(actor=robot("Bench")):
            self.agency = create_agency(name="Bench", slug="bench")
            activate_agency(agency=self.agency)
            self.tables = len(current_template().tables)
        self.made: set[str] = {"warm-up"}
        self._make("warm-up")  # what a process does once in its life is not what a company costs

    def _make(self, slug: str) -> float:
        from tenants.fleet.actions import create_company

        with self.context.public(actor=self.robot("Bench")):
            started = time.perf_counter()
            create_company(
                agency=self.agency, name=slug, slug=slug, country="IN", owner_email=f"o@{slug}.example", by=self.robot()
            )
            taken = (time.perf_counter() - started) * 1000
        self.made.add(slug)
        return taken

    def with_full_pool(self, count: int) -> list[float]:
        self._fill(count)
        return [self._make(f"full-{number}") for number in range(count)]

    def with_empty_pool(self, count: int) -> list[float]:
        self._drain()
        return [self._make(f"empty-{number}") for number in range(count)]

    def _fill(self, size: int) -> None:
        from django.conf import settings

        from tenants.fleet.pool import fill_pool

        with self.context.public():
            settings.READY_POOL_SIZE = size
            fill_pool()

    def _drain(self) -> None:
        from tenants.fleet.models import Schema, SchemaState
        from tenants.fleet.pool import drop_schema, retire

        with self.context.public():
            for name in retire(Schema.objects.filter(state=SchemaState.READY)):
                drop_schema(name)

    def all_at_once(self, count: int) -> "Burst":
        """`count` sign-ups started together, one slug twice, with the pool as an installation has it."""
        self._fill(5)
        slugs = [f"burst-{number}" for number in range(count - 1)]
        slugs.append(slugs[0])
        burst = Burst(self, slugs)
        burst.run()
        return burst

    def orphans(self) -> int:
        """What belongs to nobody on the server or in the ledger."""
        from django.db import connection

        from tenants.directory.models import Company

        query = """
            SELECT (SELECT array_agg(nspname) FROM pg_namespace WHERE nspname ~ '^t_[a-z2-7]{20}$'),
                   (SELECT array_agg(rolname) FROM pg_roles WHERE rolname ~ '^t_[a-z2-7]{20}$'),
                   (SELECT array_agg(name) FROM fleet_schema WHERE state = 'claimed'),
                   (SELECT array_agg(name) FROM fleet_schema WHERE state <> 'claimed')"""
        with self.context.public(), connection.cursor() as cursor:
            cursor.execute(query)
            schemas, roles, claimed, others = (set(found or []) for found in cursor.fetchone())
            companies = set(Company.objects.values_list("schema_name", flat=True))
        return len(schemas - companies - others) + len(roles - companies - others) + len(claimed ^ companies)


class Burst:
    def __init__(self, maker: Maker, slugs: list[str]) -> None:
        self.maker, self.slugs = maker, slugs
        self.times: list[float] = []
        self.conflicts = 0
        self.faults: list[str] = []
        self.seconds = 0.0

    def run(self) -> None:
        start = threading.Barrier(len(self.slugs) + 1)
        threads = [threading.Thread(target=self._one, args=[slug, start]) for slug in self.slugs]
        for thread in threads:
            thread.start()
        start.wait()
        started = time.perf_counter()
        for thread in threads:
            thread.join()
        self.seconds = round(time.perf_counter() - started, 2)

    def _one(self, slug: str, start: threading.Barrier) -> None:
        from django.db import connection

        from tenants.directory.errors import SlugTaken

        try:
            start.wait()
            self.times.append(self.maker._make(slug))
        except SlugTaken:
            self.conflicts += 1
        except Exception as error:  # shown with the figures
            self.faults.append(repr(error))
        finally:
            connection.close()


def stock_times(database_url: str, count: int) -> dict[str, Any]:
    """The same tables by django-tenants, in a database of its own on the same server."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {STOCK_DATABASE}")
    environment = os.environ | {
        "STOCK_DATABASE_URL": urlunsplit(urlsplit(database_url)._replace(path=f"/{STOCK_DATABASE}"))
    }
    argv = [sys.executable, "-m", "infra.benches.stock.making", str(count)]
    ran = subprocess.run(argv, cwd=REPO, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"stock: {ran.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _report(maker: Maker, full: list[float], empty: list[float], burst: Burst, stock: dict[str, Any]) -> Report:
    stock_ms = stock["times_ms"]
    figures = {
        "tables": maker.tables, "pool_p50_ms": p50(full), "pool_p99_ms": p99(full), "empty_p50_ms": p50(empty),
        "stock_p50_ms": p50(stock_ms), "burst_ok": len(burst.times), "burst_conflicts": burst.conflicts,
        "orphans": maker.orphans(),
    }  # fmt: skip
    lines = [
        ("", "p50 ms", "p99 ms", "companies"),
        ("pool full", f"{p50(full):.1f}", f"{p99(full):.1f}", str(len(full))),
        ("pool empty", f"{p50(empty):.1f}", f"{max(empty):.1f}", str(len(empty))),
        (f"{len(burst.slugs)} at once", f"{p50(burst.times):.1f}", f"{max(burst.times):.1f}", str(len(burst.times))),
        ("stock django-tenants", f"{p50(stock_ms):.1f}", f"{max(stock_ms):.1f}", str(len(stock_ms))),
    ]
    notes = [
        f"{maker.tables} tables a company, {stock['tables']} by stock migrations.",
        f"Full pool {p50(stock_ms) / p50(full):.0f}x, empty pool {p50(stock_ms) / p50(empty):.0f}x as fast as stock.",
        f"At once: {len(burst.times)} good, {burst.conflicts} conflict, {len(burst.faults)} faults, {burst.seconds} s.",
        *burst.faults[:3],
    ]
    return Report("Making a company", figures, lines, notes)
