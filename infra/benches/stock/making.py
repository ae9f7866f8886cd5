"""`python -m infra.benches.stock.making N`: N tenants by `TenantMixin.save()`; prints how long each took, as JSON.

Only the tables: no roles of people, no pipeline, no owner, no database role. So it does less than we do.
"""

import json
import os
import sys
import time


def main(count: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "infra.benches.stock.settings"
    import django

    django.setup()
    from django.db import connection

    from infra.benches.stock.models import Client, ClientDomain

    with connection.schema_editor() as editor:
        editor.create_model(Client)
        editor.create_model(ClientDomain)
    times = []
    for number in range(count):
        started = time.perf_counter()
        Client(schema_name=f"stock{number}", name=f"Stock {number}").save(verbosity=0)
        times.append((time.perf_counter() - started) * 1000)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'stock0' AND tablename <> 'django_migrations'"
        )
        print(json.dumps({"times_ms": times, "tables": cursor.fetchone()[0]}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
