"""The pages of automation: for who may edit the settings."""

from tests.matrix.needs import SETTINGS
from tests.matrix.samples import row, the

TRIGGER = {"kind": "manual", "params": {"record_type": "deals"}}
DEFINITION = {"trigger": TRIGGER, "settings": {}, "steps": []}
FLOW = {"workflow_id": the.flow}
FAILED = FLOW | {"run_id": the.flow_failed}
WAITING = FLOW | {"run_id": the.flow_waiting}
VERSION = FLOW | {"version_id": the.flow_version}

PAGES = [
    row("GET automation:list", SETTINGS),
    row("GET automation:new", SETTINGS),
    row("POST automation:new", SETTINGS, form={"name": "Another"}),
    row("GET automation:parts", SETTINGS),
    row("POST automation:conditions", SETTINGS, json={"record_type": "deals", "tree": {}}),
    row("GET automation:formula", SETTINGS),
    row("GET automation:builder", SETTINGS, **FLOW),
    row("POST automation:check", SETTINGS, json={"definition": DEFINITION}, **FLOW),
    # Nobody knows what the draft was when the sample was written: who may is told so.
    row("POST automation:draft", SETTINGS, json={"definition": DEFINITION, "seen": "x"}, ok=(409,), **FLOW),
    row("POST automation:discard", SETTINGS, **FLOW),
    row("GET automation:figures", SETTINGS, **FLOW),
    row("GET automation:rename", SETTINGS, **FLOW),
    row("POST automation:rename", SETTINGS, form={"name": "Followed up"}, **FLOW),
    row("POST automation:copy", SETTINGS, **FLOW),
    row("GET automation:publish", SETTINGS, workflow_id=the.flow_drafted),
    row("POST automation:publish", SETTINGS, workflow_id=the.flow_drafted),
    row("POST automation:state", SETTINGS, form={"state": "off"}, **FLOW),
    row("GET automation:versions", SETTINGS, **FLOW),
    row("GET automation:version", SETTINGS, **VERSION),
    row("POST automation:use-version", SETTINGS, **VERSION),
    row("GET automation:runs", SETTINGS, **FLOW),
    row("GET automation:run", SETTINGS, **FAILED),
    row("POST automation:retry", SETTINGS, **FAILED),
    row("POST automation:stop", SETTINGS, **WAITING),
    row("POST automation:skip", SETTINGS, **WAITING),
    row("POST automation:test", SETTINGS, json={"definition": DEFINITION, "record_id": the.deal}, **FLOW),
    # What is begun by hand has no past to be played; who may is told so.
    row("POST automation:backtest", SETTINGS, json={"days": 7}, ok=(422,), **FLOW),
    row("GET automation:backtested", SETTINGS, job_id=the.flow_job, **FLOW),
    row("GET automation:secrets", SETTINGS),
    row("GET automation:secret-edit", SETTINGS),
    row("POST automation:secret-edit", SETTINGS, form={"name": "OTHER_TOKEN", "value": "kept"}),
    row("POST automation:secret-remove", SETTINGS, secret_id=the.flow_secret),
]
