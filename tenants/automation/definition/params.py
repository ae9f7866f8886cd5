"""The settings of a trigger or an action, checked one by one against what they are declared to be."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.automation.catalogue import Param
from tenants.automation.definition.fitting import Fault, faults
from tenants.automation.definition.naming import Names
from tenants.automation.definition.scopes import id_of
from tenants.automation.definition.shape import DURATION
from tenants.automation.definition.templates import has_templates, is_template
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.fields import Relation
from tenants.records.filters import compile_filter
from tenants.records.registry import RecordType, type_named

EMPTY: tuple[Any, ...] = (None, "", [], {})


class ParamCheck:
    """Looks at the params of one step. `actor` decides which fields there are.

    `may_lack`: a step that is paused is skipped, so what it needs may be filled in later.
    """

    def __init__(
        self, params: Iterable[Param], values: Mapping[str, Any], names: Names, actor: Actor, *, may_lack: bool = False
    ) -> None:
        self.params, self.values = list(params), values
        self.names, self.actor, self.may_lack = names, actor, may_lack

    def faults(self, at: str) -> Iterator[Fault]:
        known = {one.name for one in self.params}
        for name in self.values:
            if name not in known:
                words = _("There is no such setting. Known: %(known)s.") % {"known": ", ".join(known) or "–"}
                yield f"{at}.{name}", words
        for param in self.params:
            yield from self._param_faults(param, f"{at}.{param.name}")

    def _param_faults(self, param: Param, at: str) -> Iterator[Fault]:
        value = self.values.get(param.name)
        if value in EMPTY:
            if param.is_required and param.default in EMPTY and not self.may_lack:
                yield at, _("Fill this in.")
            return
        if param.kind != "filter":
            yield from ((at, words) for words in self.names.faults(value))
        if has_templates(value) and not param.allows_variables:
            yield at, _("Variables cannot be used here.")
        elif not is_template(value):
            check = getattr(self, f"_check_{param.kind}", None)
            yield from check(param, value, at) if check else ()

    def type_for(self, param: Param) -> RecordType | None:
        """Of which type a field, value or filter is: what another setting says, else the workflow's."""
        if not param.of or (not self.values.get(param.of) and not self._must_name(param.of)):
            return self.names.record_type
        try:
            return type_named(str(self.values.get(param.of) or ""))
        except NotFound:
            return None

    def _must_name(self, name: str) -> bool:
        return any(one.name == name and one.is_required for one in self.params)

    # By kind

    def _check_text(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, str | int | float):
            yield at, _("Give a text here.")

    _check_long_text = _check_url = _check_text

    def _check_number(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        try:
            if isinstance(value, bool):
                raise ValueError
            float(value)
        except (TypeError, ValueError):
            yield at, _("Give a number.")

    def _check_boolean(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, bool):
            yield at, _("Give true or false.")

    def _check_choice(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        known = [str(one) for one, _label in choices_of(param)]
        if str(value) not in known:
            yield at, _("Choose one of: %(known)s.") % {"known": ", ".join(known[:30])}

    def _check_choices(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield at, _("Give a list.")
            return
        for i, one in enumerate(value):
            yield from self._check_choice(param, one, f"{at}[{i}]")

    def _check_duration(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        yield from faults(value, DURATION, at, lambda one: "")

    def _check_record_type(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        try:
            type_named(str(value))
        except NotFound:
            yield at, _("There is no record type “%(name)s”.") % {"name": value}

    def _check_field(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        record_type = self.type_for(param)
        if record_type and value not in record_type.fields:
            yield at, _("%(type)s has no field “%(name)s”.") % {"type": record_type.label, "name": value}

    def _check_values(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        record_type = self.type_for(param)
        if not isinstance(value, dict):
            yield at, _("Give an object of fields and values.")
            return
        for name, one in value.items() if record_type else ():
            yield from self._value_faults(record_type, name, one, f"{at}.{name}")

    def _check_value(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        record_type, name = self.type_for(param), self.values.get("field")
        if record_type and isinstance(name, str) and name in record_type.writable:
            yield from self._value_faults(record_type, name, value, at)

    def _value_faults(self, record_type: Any, name: str, value: Any, at: str) -> Iterator[Fault]:
        if name not in record_type.writable:
            words = {"type": record_type.label, "name": name}
            yield at, _("%(type)s has no field “%(name)s” that can be written.") % words
            return
        field = record_type.fields[name]
        if has_templates(value) or (isinstance(field, Relation) and value in EMPTY):
            return
        try:
            field.parse(value)
        except ValidationError as error:
            yield from ((at, words) for words in error.messages)

    def _check_filter(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        yield from filter_faults(value, self.type_for(param), self.names, self.actor, at)

    def _check_record(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        if id_of(value) is None:
            yield at, _("Give an id, or a variable that holds one.")

    _check_user = _check_team = _check_record

    def _check_users(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield at, _("Give a list.")
            return
        for i, one in enumerate(value):
            if not is_template(one) and id_of(one) is None:
                yield f"{at}[{i}]", _("Give an id, or a variable that holds one.")

    def _check_tags(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            yield at, _("Give a list of names.")

    def _check_secret(self, param: Param, value: Any, at: str) -> Iterator[Fault]:
        if value not in self.names.secrets:
            yield at, _("There is no secret “%(name)s”.") % {"name": value}


def choices_of(param: Param) -> list[tuple[str, Any]]:
    return list(param.choices() if callable(param.choices) else param.choices)


def filter_faults(tree: Any, record_type: RecordType | None, names: Names, actor: Actor, at: str) -> Iterator[Fault]:
    """What is wrong with a condition: its formulas, its templates, then what the filter language says."""
    if not isinstance(tree, dict):
        yield at, _("Give a filter tree.")
        return
    yield from _formula_faults(tree, names, at)
    yield from ((at, words) for words in names.faults(tree))
    left = _without_formulas(tree)
    if not left:
        return
    if record_type is None:
        yield at, _("This workflow has no record: use formulas here.")
        return
    try:
        compile_filter(left, record_type, actor)
    except Invalid as error:
        yield from (
            (name.replace("filter", at, 1) if name.startswith("filter") else at, words)
            for name, said in error.errors.items()
            for words in said
        )


def _formula_faults(tree: Any, names: Names, at: str) -> Iterator[Fault]:
    if isinstance(tree, dict) and "formula" in tree:
        if len(tree) > 1:
            yield at, _("A formula stands alone in its condition.")
        yield from ((f"{at}.formula", words) for words in names.formula_faults(tree["formula"]))
    elif isinstance(tree, dict):
        for name, one in tree.items():
            yield from _formula_faults(one, names, f"{at}.{name}")
    elif isinstance(tree, list):
        for i, one in enumerate(tree):
            yield from _formula_faults(one, names, f"{at}[{i}]")


def _without_formulas(tree: Any) -> dict[str, Any]:
    """What the filter language can look at: formulas left out, values that templates make left open."""
    if not isinstance(tree, dict) or "formula" in tree:
        return {}
    if "field" in tree:
        return {"field": tree["field"], "op": "not_empty"} if has_templates(tree.get("value")) else dict(tree)
    found: dict[str, Any] = {}
    for word, inner in tree.items():
        if isinstance(inner, list):
            left = [part for part in map(_without_formulas, inner) if part]
            found |= {word: left} if left or not inner else {}
        else:
            one = _without_formulas(inner)
            found |= {word: one} if one or not isinstance(inner, dict) else {}
    return found
