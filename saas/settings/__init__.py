"""The settings of one installation, read from `OMNIFLOW_*` variables.

`base` is the whole; the other files each hold one outside service or concern.
"""

from saas.settings.backups import *  # noqa: F403
from saas.settings.base import *  # noqa: F403
from saas.settings.front import *  # noqa: F403
from saas.settings.limits import *  # noqa: F403
from saas.settings.live import *  # noqa: F403
from saas.settings.logs import *  # noqa: F403
from saas.settings.security import *  # noqa: F403
from saas.settings.tasks import *  # noqa: F403
