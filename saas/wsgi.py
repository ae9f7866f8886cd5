"""The web process."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
application = get_wsgi_application()

from saas.faces import load_pages  # noqa: E402 - Django comes first

load_pages()

# What stands after the start stays for good: the collector need not walk through it again and again.
# A request makes many objects and drops nearly all by itself, so it is asked for less often, too.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
