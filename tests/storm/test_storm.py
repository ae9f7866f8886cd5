"""Worker, Redis and PostgreSQL killed twice each under a stream of events: all effects, none twice, in order."""

import json
import os
import subprocess
import sys

from tests.plugin import ROOT
from tests.thorough import IS_THOROUGH

EVENTS = 20_000 if IS_THOROUGH else 300


def test_nothing_is_lost_or_done_twice_when_everything_is_killed() -> None:
    argv = [sys.executable, "-m", "tests.storm.program", str(EVENTS), *([] if IS_THOROUGH else ["tests.storm.hasty"])]
    done = subprocess.run(argv, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["kills"] == {"worker": 2, "redis": 2, "postgres": 2}
    assert len(found["ended"]) <= 1, "whoever loses a server waits for it, all but always"
    assert (found["events"], found["runs"], found["steps"]) == (EVENTS, {"done": EVENTS}, {"done": 2 * EVENTS})
    assert (found["notes"], found["notes_twice"]) == (EVENTS, 0), "inside the company each step took effect once"
    assert (found["asked"], found["keys"], found["told"]) == (EVENTS, EVENTS, EVENTS)
    assert found["effects_twice"] == 0, "whoever keeps the keys does nothing twice"
    assert found["out_of_order"] == 0
