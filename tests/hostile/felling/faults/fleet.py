"""Companies made, moved, copied, saved, restored and erased: what keeps each of it whole."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tenants.directory import tombstones
from tenants.fleet import actions, dropping, pool, template
from tenants.fleet.backups import sealing
from tenants.fleet.copies import carried, cloning, importing, packing
from tenants.fleet.lifecycle import clearing, erasing, rooms
from tenants.fleet.reconciling import Findings
from tenants.fleet.restoring import filling, kinds, swapping
from tenants.fleet.streams import loading
from tenants.fleet.upgrading import driving, notes
from tenants.fleet.upgrading.limits import Limits
from tenants.kernel import context, copies
from tenants.kernel.copies import EVERYWHERE, Terms
from tests.hostile.felling.faults.ground import commit_half, everywhere, nothing, with_statements

# Making


def slugs_unlooked_at(patch: pytest.MonkeyPatch) -> None:
    """Neither how they are written nor how long the row takes them."""
    everywhere(patch, "tenants.directory.actions.check_slug", nothing)
    everywhere(patch, "tenants.directory.checks.check_row", nothing)


def nothing_reserved(patch: pytest.MonkeyPatch) -> None:
    everywhere(patch, "tenants.directory.names.is_reserved", lambda slug: False)


def conflicts_as_they_come(patch: pytest.MonkeyPatch) -> None:
    """Who comes second is told what the database said."""
    patch.setattr(actions, "SlugTaken", lambda slug: RuntimeError(slug))


def any_ready_schema(patch: pytest.MonkeyPatch) -> None:
    """Whatever code it was made by."""
    patch.setattr(pool, "CLAIM", pool.CLAIM.replace("fingerprint = %s", "%s <> ''"))


def nothing_pruned(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pool, "retire", lambda rows: [])


def company_committed_half_way(patch: pytest.MonkeyPatch) -> None:
    """It has its hosts, and nobody in it yet."""
    true = actions.add_hosts

    def add_hosts(*words: Any) -> None:
        true(*words)
        commit_half()

    patch.setattr(actions, "add_hosts", add_hosts)


def template_committed_half_way(patch: pytest.MonkeyPatch) -> None:
    true = template.replay_nearest

    def replay(*words: Any) -> Any:
        commit_half()
        return true(*words)

    patch.setattr(template, "replay_nearest", replay)


def nobody_reconciles(patch: pytest.MonkeyPatch) -> None:
    everywhere(patch, "tenants.fleet.reconciling.reconcile", lambda **_: Findings())


def nobody_goes_on(patch: pytest.MonkeyPatch) -> None:
    """What a dead process was at stays as it is."""
    everywhere(patch, "tenants.fleet.operations.reconciling.left_behind", lambda **_: [])


# Migrating


def first_failure_stops_all(patch: pytest.MonkeyPatch) -> None:
    true = driving._stop_at

    def stop(work: Any, tally: Any) -> None:
        work.arguments["stop_after"] = 1
        true(work, tally)

    patch.setattr(driving, "_stop_at", stop)


def failed_ones_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What went wrong once is not tried again."""
    from dataclasses import replace

    from tenants.fleet.models import Schema

    true = driving.behind

    def behind(only: Any = ()) -> Any:
        failed = set(Schema.objects.exclude(error="").values_list("name", flat=True))
        return [replace(one, names=tuple(name for name in one.names if name not in failed)) for one in true(only)]

    patch.setattr(driving, "behind", behind)


def columns_that_do_not_fill_themselves(patch: pytest.MonkeyPatch) -> None:
    """As Django writes them: the default is the program's alone."""
    with_statements(patch, lambda text: text.replace(" DEFAULT '' NOT NULL", " NOT NULL"))


def no_lock_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Limits, "settings", property(lambda self: ("0", "60s")))


def notes_left_out(patch: pytest.MonkeyPatch) -> None:
    """The ledger does not learn what was done to a company."""
    from tenants.fleet.upgrading import hands

    for module in (notes, hands):
        patch.setattr(module, "NOTE", "SELECT %s, %s, %s")


# Erasing


def all_tables_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dropping, "TABLES_AT_ONCE", 10_000)


def nothing_buried(patch: pytest.MonkeyPatch) -> None:
    """Hosts go, and nobody remembers whose they were."""

    def bury(domains: Any) -> None:
        for one in domains:
            one.delete()

    for module in (tombstones, erasing):
        patch.setattr(module, "bury", bury)
    everywhere(patch, "tenants.directory.tombstones.check_not_kept_back", nothing)


def live_hosts_claimed_again(patch: pytest.MonkeyPatch) -> None:
    from tenants.directory import actions as directory

    patch.setattr(directory, "HostTaken", lambda host: RuntimeError(host))


def stones_for_ever(patch: pytest.MonkeyPatch) -> None:
    """No end is looked at."""
    from tenants.directory.models import Tombstone

    def check(host: str, **_: Any) -> None:
        if Tombstone.objects.filter(host=host).exists():
            raise tombstones.HostKeptBack(host, timezone.now())

    everywhere(patch, "tenants.directory.tombstones.check_not_kept_back", check)


def stones_at_their_end(patch: pytest.MonkeyPatch) -> None:
    """Their time is over before it has begun."""
    from tenants.directory import actions as directory

    for module in (directory, tombstones):
        patch.setattr(module, "timezone", SimpleNamespace(now=lambda: timezone.now() + timedelta(days=36_500)))


def cache_left_behind(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clearing, "LATE", ())
    name = next(name for name, room in rooms.erasing.items() if room is clearing.drop_cache)
    patch.delitem(rooms.erasing, name)


def company_forgotten_before_its_certificate(patch: pytest.MonkeyPatch) -> None:
    """The row goes, and the rest is left for later."""
    true = erasing.make_certificate

    def make(company: Any, **words: Any) -> Any:
        type(company).objects.filter(pk=company.pk).delete()
        commit_half()
        return true(company, **words)

    patch.setattr(erasing, "make_certificate", make)


def backups_for_ever(patch: pytest.MonkeyPatch) -> None:
    everywhere(patch, "tenants.fleet.backups.actions.delete_expired", lambda **_: 0)


# Backups, restoring, moving


def frames_without_numbers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sealing.Frames, "_nonce", lambda self, is_last: self._prefix + bytes(5))


def backups_without_names(patch: pytest.MonkeyPatch) -> None:
    """The key opens, whoever's it says it is."""
    patch.setattr(sealing.Header, "_bound", property(lambda self: b""))
    true = sealing.hashlib.sha256
    patch.setattr(sealing, "hashlib", type("Plain", (), {"sha256": staticmethod(lambda head=b"": true())}))


def any_backup_for_the_one_asked_for(patch: pytest.MonkeyPatch) -> None:
    true = sealing.opened
    everywhere(patch, "tenants.fleet.backups.sealing.opened", lambda chunks, **_: true(chunks))


def files_left_out_of_the_swap(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(kinds, "exchange_folders", nothing)


def swap_committed_half_way(patch: pytest.MonkeyPatch) -> None:
    """The schemas have changed names, and nothing else has."""
    true = swapping._exchange_names

    def exchange(*words: Any) -> None:
        true(*words)
        commit_half()

    patch.setattr(swapping, "_exchange_names", exchange)


def one_row_lost(patch: pytest.MonkeyPatch) -> None:
    """Restoring leaves out a row, and nobody compares."""
    true = filling.finish

    def finish(name: str, made_from: Any) -> None:
        true(name, made_from)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {name}.crm_deal")

    patch.setattr(filling, "finish", finish)
    patch.setattr(kinds, "differences_from", lambda manifest, name: [])


def each_table_of_its_own_moment(patch: pytest.MonkeyPatch) -> None:
    with_statements(patch, lambda text: text.replace("ISOLATION LEVEL REPEATABLE READ READ ONLY", "READ ONLY"))


def numbers_from_a_sequence(patch: pytest.MonkeyPatch) -> None:
    """Counted by the server, which a copy of rows knows nothing of."""
    true = cloning.finish

    def finish(name: str, made_from: Any) -> None:
        true(name, made_from)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SEQUENCE {name}.invoice_numbers")

    patch.setattr(cloning, "finish", finish)


# Copies


def keys_come_along(patch: pytest.MonkeyPatch) -> Callable[[], None]:
    patch.setitem(copies._terms, "identity.apikey", Terms(comes=EVERYWHERE))
    carried.coming.cache_clear()
    return carried.coming.cache_clear


def a_secret_nobody_spoke_of(patch: pytest.MonkeyPatch) -> None:
    patch.delitem(copies._terms, "identity.apikey")


def packages_unlooked_at(patch: pytest.MonkeyPatch) -> None:
    """Neither what tables they hold, nor what they are called, nor whether anything was changed."""
    patch.setattr(packing.PackageReader, "_check_members", nothing)
    patch.setattr(importing, "_check_tables", nothing)
    patch.setattr(importing, "read_all", nothing)
    patch.setattr(loading, "Altered", NotRaised)


class NotRaised(Exception):
    """In place of what should refuse."""


def manifests_by_anybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(packing.sealing, "mac_of", lambda key, text: "the same")


def any_passphrase(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(packing.sealing, "proof_of", lambda key: "the same")
    patch.setattr(packing.PackageReader, "_check_passphrase", nothing)


def sandboxes_like_any_other(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(context, "in_sandbox", lambda: False)


def switching_out_of_sandboxes(patch: pytest.MonkeyPatch) -> None:
    from tenants.identity.switching import companies

    patch.setattr(companies, "may_switch", lambda request: True)
