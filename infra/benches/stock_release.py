"""How django-tenants migrates: its own backend and executor, in a process of its own.

python -m infra.benches.stock_release t_one t_two ...   prints the seconds that all of them took
"""

import sys
import time

from django.db import connection


def main(names: list[str]) -> None:
    import django

    django.setup()
    from django.core.management.commands.migrate import Command
    from django_tenants.migration_executors.standard import StandardExecutor

    parser = Command().create_parser("manage.py", "migrate")
    options = vars(parser.parse_args(["--noinput", "--skip-checks", "-v", "0"]))
    executor = StandardExecutor(options.pop("args", ()), options)
    connection.ensure_connection()
    started = time.perf_counter()
    executor.run_migrations(tenants=names)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main(sys.argv[1:])
