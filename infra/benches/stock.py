"""How django-tenants migrates: its own backend and executor, in a process of its own.

python -m infra.benches.stock t_one t_two ...   prints the seconds that all of them took
"""

import sys
import time

from django.db import connection


def main(names: list[str]) -> None:
    import django

    django.setup()
    from django_tenants.migration_executors.standard import StandardExecutor

    options = {"verbosity": 0, "interactive": False, "database": "default", "skip_checks": True, "fake": False,
               "fake_initial": False, "plan": False, "run_syncdb": False, "check_unapplied": False, "prune": False,
               "app_label": None, "migration_name": None}  # fmt: skip
    executor = StandardExecutor((), options)
    connection.ensure_connection()
    started = time.perf_counter()
    executor.run_migrations(tenants=names)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main(sys.argv[1:])
