"""What workflows can be made of: kinds of triggers and of actions, each declared once.

A module lists its own in the file that its `module.py` names as `automation`, as `TRIGGERS` and
`ACTIONS`. The builder draws its forms from the declarations, the API describes them, the
definition of a workflow is checked against them, and the engine runs them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from tenants.kernel.errors import NotFound
from tenants.kernel.modules import Text, modules

if TYPE_CHECKING:
    from tenants.automation.engine.step import Step

ParamKind = Literal[
    "text", "long_text", "number", "boolean", "choice", "choices", "duration", "field", "value", "values",
    "filter", "record_type", "record", "user", "users", "team", "tags", "url", "secret", "json", "date",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Param:
    """One setting of a trigger or an action, as the builder asks for it.

    Texts may hold variables: `Hello {{record.first_name}}`. `of` names the setting that says which record
    type a field, a value or a filter belongs to; without it that is the type of the workflow's record.
    """

    name: str
    label: Text
    kind: ParamKind = "text"
    is_required: bool = False
    default: Any = None
    choices: Sequence[tuple[str, Text]] | Callable[[], Sequence[tuple[str, Text]]] = ()
    hint: Text = ""
    of: str = ""
    allows_variables: bool = True


@dataclass(frozen=True, kw_only=True)
class TriggerKind:
    """What lets a record enter a workflow.

    `events` are heard live; what else wakes it (clock, silence, hook, button) the engine knows by `wake`.
    `accepts` says whether an event enters, before the workflow's own filter is asked.
    """

    name: str
    label: Text
    about: Text = ""
    icon: str = "bolt"
    group: Text = ""
    params: tuple[Param, ...] = ()
    events: Callable[[Mapping[str, Any]], Sequence[str]] = lambda params: ()
    accepts: Callable[[Mapping[str, Any], Any], bool] = lambda params, event: True
    wake: Literal["event", "schedule", "date", "silence", "hook", "manual"] = "event"
    record_of: Callable[[Mapping[str, Any], Any], UUID | None] = lambda params, event: event.record_id
    """Which record enters; it may be found or made by what the event says. None lets nobody in."""
    in_bin: bool = False
    """Whether it is about records that have just been deleted: they stay within reach of the steps."""
    record_type: Callable[[Mapping[str, Any]], str] = lambda params: str(params.get("record_type") or "")
    """Of which type the records are that enter; empty for a workflow without one."""


@dataclass(frozen=True, kw_only=True)
class ActionKind:
    """What a step does. `run` gets the step at work and gives its outputs for later steps.

    An action that only writes to the company's schema commits with the note that it is done, so it
    happens once. One that reaches outside (`is_outward`) runs between two commits and may be
    asked again after a crash: it passes on `step.idempotency_key`. `told` says for a dry run what
    would be sent, to whom: outward actions are not run then.
    """

    name: str
    label: Text
    run: Callable[["Step"], Mapping[str, Any] | None]
    about: Text = ""
    icon: str = "player-play"
    group: Text = ""
    params: tuple[Param, ...] = ()
    outputs: Mapping[str, Text] = field(default_factory=dict)
    is_outward: bool = False
    is_message: bool = False
    """Whether a person outside the company gets it: backtests count these and look at the hour."""
    told: Callable[["Step"], Mapping[str, Any]] | None = None
    record_types: tuple[str, ...] = ()
    """Only for workflows of these types; empty for all, and for those without a record."""
    needs_record: bool = True
    run_many: Callable[[Sequence["Step"]], Sequence[Mapping[str, Any] | Exception]] | None = None
    """The same for many records at once, where that is cheaper: an output or an error for each, in order.

    Only for what is not outward; the steps are of one workflow and of different records."""


def triggers() -> Mapping[str, TriggerKind]:
    return _offered()[0]


def actions() -> Mapping[str, ActionKind]:
    return _offered()[1]


def offered_recipes() -> list[Any]:
    """What modules offer to begin with: `RECIPES` of their files (automation.recipes.Recipe)."""
    files = [import_module(module.automation) for module in modules() if module.automation]
    return [one for file in files for one in getattr(file, "RECIPES", ())]


def trigger_named(name: str) -> TriggerKind:
    """Raises NotFound."""
    found = triggers().get(name)
    if not found:
        raise NotFound(f"There is no trigger called “{name}”.")
    return found


def action_named(name: str) -> ActionKind:
    """Raises NotFound."""
    found = actions().get(name)
    if not found:
        raise NotFound(f"There is no action called “{name}”.")
    return found


@cache
def _offered() -> tuple[Mapping[str, TriggerKind], Mapping[str, ActionKind]]:
    files = [import_module(module.automation) for module in modules() if module.automation]
    return _named(file.TRIGGERS for file in files), _named(file.ACTIONS for file in files)


def _named(offers: Iterable[Iterable[Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in (one for offer in offers for one in offer):
        if kind.name in found:
            raise ValueError(f"Two offer {kind.name} to workflows")
        found[kind.name] = kind
    return found
