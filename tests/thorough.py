"""How much is tried: enough for every push, or all there is (`infra/test --thorough`, for the night)."""

import os

IS_THOROUGH = bool(os.environ.get("OMNIFLOW_THOROUGH"))
POINTS = 10 if IS_THOROUGH else 3
"""At how many points of a job its process is killed."""
