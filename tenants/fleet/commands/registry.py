"""Fleet commands: something done to many companies at once. Each is declared beside what it does.

    COMMAND = register(FleetCommand(
        name="add-stage", label=_("Add a pipeline stage"), text=_("…"),
        arguments=(Argument("label", _("Name")),), check=is_missing, apply=add, revert=take_away))

A module has them in `fleet_commands.py`, which is found by itself. The functions run inside the company, as the
house: `check` says why there is nothing to do here, `apply` does it and tells what it changed, `revert` takes just
that back. Each runs in a transaction of its own; a dry run is `apply` in one that is taken back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tenants.kernel.errors import Invalid, NotFound

Words = str | Promise
Values = Mapping[str, str]
LONGEST_VALUE = 200


@dataclass(frozen=True)
class Argument:
    name: str
    label: Words
    help: Words = ""
    choices: Callable[[], Iterable[tuple[str, Words]]] | None = None
    default: str = ""
    is_required: bool = True


@dataclass(frozen=True)
class Done:
    """What was changed in a company: in words, and what `revert` needs to take it back. No words: nothing."""

    told: str = ""
    what: dict[str, Any] = field(default_factory=dict)


def _always(values: Values) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class FleetCommand:
    name: str
    label: Words
    text: Words
    apply: Callable[[Values], Done]
    revert: Callable[[dict[str, Any]], None] | None = None
    """None where taking back makes no sense: what was repaired stays so."""
    check: Callable[[Values], str] = _always
    arguments: tuple[Argument, ...] = ()
    is_for_agencies: bool = True
    """Whether an agency may use it on companies of its own."""

    @property
    def can_be_taken_back(self) -> bool:
        return self.revert is not None

    def checked(self, given: Mapping[str, Any]) -> dict[str, str]:
        """The values it runs with. Raises Invalid, naming each argument at fault."""
        known = {one.name: one for one in self.arguments}
        errors = {name: [_("There is no such argument.")] for name in given if name not in known}
        values = {name: str(given.get(name) or one.default).strip() for name, one in known.items()}
        for name, one in known.items():
            if fault := _fault(one, values[name]):
                errors[name] = [fault]
        if errors:
            raise Invalid(errors)
        return values


def _fault(argument: Argument, value: str) -> str:
    if not value:
        return _("Fill this in.") if argument.is_required else ""
    if len(value) > LONGEST_VALUE or "\x00" in value:
        return _("Use at most %(n)d characters.") % {"n": LONGEST_VALUE}
    if argument.choices and value not in (known := [choice for choice, _label in argument.choices()]):
        return _("Choose one of: %(known)s.") % {"known": ", ".join(known)}
    return ""


_commands: dict[str, FleetCommand] = {}


def register(command: FleetCommand) -> FleetCommand:
    _commands[command.name] = command
    return command


def command_named(name: str) -> FleetCommand:
    """Raises NotFound."""
    if name not in _commands:
        raise NotFound(_("There is no such command"))
    return _commands[name]


def commands(*, for_agencies: bool = False) -> list[FleetCommand]:
    found = sorted(_commands.values(), key=lambda one: one.name)
    return [one for one in found if one.is_for_agencies] if for_agencies else found
