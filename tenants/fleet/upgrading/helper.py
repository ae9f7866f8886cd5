"""A process that runs migrations of data, company by company: `python -m tenants.fleet.upgrading.helper`.

It reads questions from its input and ends with it, so it does not outlive whoever asks.
"""

import json
import os
import sys
from typing import Any


def main(limits: str) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
    django.setup()
    from tenants.fleet.upgrading.limits import Limits
    from tenants.kernel import context
    from tenants.kernel.actors import robot

    answers = sys.stdout
    sys.stdout = sys.stderr  # a migration that prints does not answer
    with context.public(actor=robot("Fleet")):
        for line in sys.stdin:
            print(json.dumps(_answer(json.loads(line), Limits(**json.loads(limits)))), file=answers, flush=True)


def _answer(question: dict[str, Any], limits: Any) -> dict[str, Any]:
    from django.db import DatabaseError, connection

    from tenants.fleet.upgrading.by_django import apply
    from tenants.fleet.upgrading.limits import BUSY

    before, keys = (tuple(tuple(key) for key in question[name]) for name in ("before", "keys"))
    try:
        return {"is_ours": apply(question["schema"], before, keys, limits)}
    except DatabaseError as error:
        connection.close()
        return {"busy" if isinstance(error.__cause__, BUSY) else "error": str(error)}
    except Exception as error:  # whatever a migration does wrong is told, and the next company is asked for
        connection.close()
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main(*sys.argv[1:])
