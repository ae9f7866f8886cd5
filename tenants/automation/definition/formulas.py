"""Formulas: `record.amount * 0.1 if vars.is_partner else 0`. Arithmetic, comparison and a few functions.

Python's own parser reads them, a small evaluator of ours works them out: names lead into the scope as in
templates, there is no attribute, call or index beyond what stands in this file, and everything is bounded.
"""

import ast
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.automation.definition.scopes import ROOTS, Scope, as_text
from tenants.automation.definition.templates import decimal_of, moment_of

MOST_LETTERS = 1_000
MOST_NODES = 200
LONGEST_TEXT = 20_000
MOST_EXPONENT = 100
LARGEST = Decimal(10) ** 30
FAULTS = (ArithmeticError, TypeError, ValueError, RecursionError)


@lru_cache(maxsize=2_000)  # of texts as such
def parse_formula(text: str) -> ast.expr:
    """Raises ValidationError with words for a person."""
    if not text.strip() or len(text) > MOST_LETTERS or "\x00" in text:
        raise ValidationError(_("Write a formula of at most %(most)d letters.") % {"most": MOST_LETTERS})
    try:
        found = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise ValidationError(_("This is no formula: %(fault)s") % {"fault": str(error)[:100]}) from error
    nodes = list(ast.walk(found))
    if len(nodes) > MOST_NODES:
        raise ValidationError(_("This formula is too long. Set a variable first, then use that."))
    for node in nodes:
        _check(node)
    return found


def paths_in(text: str) -> list[tuple[str, ...]]:
    """What a formula names. Raises ValidationError."""
    root = parse_formula(text)
    inner = {id(node.value) for node in ast.walk(root) if isinstance(node, ast.Attribute | ast.Subscript)}
    called = {id(node.func) for node in ast.walk(root) if isinstance(node, ast.Call)}
    ends = (ast.Name, ast.Attribute, ast.Subscript)
    found = (one for one in ast.walk(root) if isinstance(one, ends) and id(one) not in inner | called)
    return [_path(one) for one in found]


def evaluate(text: str, scope: Scope) -> Any:
    """The value of a formula. Raises ValidationError, for what cannot be worked out too."""
    node = parse_formula(text)
    try:
        return _bounded(_value(node, scope))
    except (DivisionByZero, ZeroDivisionError) as error:
        raise ValidationError(_("This divides by zero.")) from error
    except (InvalidOperation, Overflow, *FAULTS) as error:
        raise ValidationError(_("This cannot be worked out with these values: %(fault)s") % {
            "fault": str(error)[:100]
        }) from error  # fmt: skip


KNOWN = (
    ast.Constant, ast.Name, ast.Load, ast.Attribute, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare,
    ast.IfExp, ast.Call, ast.List, ast.Tuple, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip


def _check(node: ast.AST) -> None:
    if not isinstance(node, KNOWN):
        raise ValidationError(_("“%(what)s” is not for formulas.") % {"what": type(node).__name__})
    if isinstance(node, ast.Constant) and not isinstance(node.value, str | int | float | bool | None):
        raise ValidationError(_("Use numbers, texts in quotation marks, True, False and None."))
    if isinstance(node, ast.Call) and (not isinstance(node.func, ast.Name) or node.keywords):
        raise ValidationError(_("Functions are called by their name."))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in FUNCTIONS:
        raise ValidationError(_("There is no function “%(name)s”. Known: %(known)s.") % {
            "name": node.func.id, "known": ", ".join(FUNCTIONS)
        })  # fmt: skip
    if isinstance(node, ast.Attribute | ast.Subscript):
        _path(node)
    if isinstance(node, ast.Name) and node.id not in (*ROOTS, *FUNCTIONS):
        words = {"raw": node.id, "roots": ", ".join(ROOTS)}
        raise ValidationError(_("There is no variable “%(raw)s”. They begin with one of: %(roots)s.") % words)


def _path(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        return (*_path(node.value), node.attr)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return (*_path(node.value), str(node.slice.value))
    raise ValidationError(_("Name a variable, like record.amount."))


def _value(node: ast.AST, scope: Scope) -> Any:
    if isinstance(node, ast.Constant):
        return _number(node.value)
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return _number(scope.look_up(_path(node)))
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(one, scope) for one in node.elts]
    if isinstance(node, ast.IfExp):
        return _value(node.body if _value(node.test, scope) else node.orelse, scope)
    if isinstance(node, ast.BoolOp):
        return _logical(node, scope)
    if isinstance(node, ast.UnaryOp):
        return UNARY[type(node.op)](_value(node.operand, scope))
    if isinstance(node, ast.BinOp):
        return _bounded(_binary(type(node.op), _value(node.left, scope), _value(node.right, scope)))
    if isinstance(node, ast.Compare):
        return _compared(node, scope)
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return FUNCTIONS[node.func.id](*(_value(one, scope) for one in node.args))


def _number(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _bounded(value: Any) -> Any:
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value) > LARGEST):
        raise ValueError(_("the number is too large"))
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise ValueError(_("the text is too long"))
    return value


def _logical(node: ast.BoolOp, scope: Scope) -> Any:
    found: Any = None
    for one in node.values:
        found = _value(one, scope)
        if bool(found) == isinstance(node.op, ast.Or):
            return found
    return found


def _compared(node: ast.Compare, scope: Scope) -> bool:
    left = _value(node.left, scope)
    for operator, other in zip(node.ops, node.comparators, strict=True):
        right = _value(other, scope)
        if not COMPARE[type(operator)](*_alike(left, right)):
            return False
        left = right
    return True


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """A number that is kept as text compares with numbers; days and moments with text that is one."""
    if isinstance(left, Decimal) != isinstance(right, Decimal) and isinstance(left, str | Decimal):
        one, other = decimal_of(left), decimal_of(right)
        return (one, other) if one is not None and other is not None else (left, right)
    if isinstance(left, date) or isinstance(right, date):
        first, second = moment_of(left), moment_of(right)
        if isinstance(first, datetime) != isinstance(second, datetime):
            first, second = (one.date() if isinstance(one, datetime) else one for one in (first, second))
        return first, second
    return left, right


def _binary(operator: type[ast.operator], left: Any, right: Any) -> Any:
    if operator is ast.Add and (isinstance(left, str) or isinstance(right, str)):
        if len(as_text(left)) + len(as_text(right)) > LONGEST_TEXT:
            raise ValueError(_("the text is too long"))
        return as_text(left) + as_text(right)
    if isinstance(left, date) and isinstance(right, Decimal) and operator in (ast.Add, ast.Sub):
        return left + timedelta(days=float(right if operator is ast.Add else -right))
    one, other = (_as_number(value) for value in (left, right))
    if operator is ast.Pow and abs(other) > MOST_EXPONENT:
        raise ValueError(_("the exponent is too large"))
    if operator not in BINARY:
        raise ValueError(_("this operator is not for formulas"))
    return BINARY[operator](one, other)


def _as_number(value: Any) -> Decimal:
    found = Decimal(0) if value in (None, "") else decimal_of(int(value) if isinstance(value, bool) else value)
    if found is None:
        raise TypeError(_("“%(value)s” is not a number") % {"value": as_text(value)[:40]})
    return found


BINARY: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
}
UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: lambda a: not a,
    ast.USub: lambda a: -_as_number(a),
    ast.UAdd: _as_number,
}
COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: bool(a == b),
    ast.NotEq: lambda a, b: bool(a != b),
    ast.Lt: lambda a, b: a is not None and b is not None and bool(a < b),
    ast.LtE: lambda a, b: a is not None and b is not None and bool(a <= b),
    ast.Gt: lambda a, b: a is not None and b is not None and bool(a > b),
    ast.GtE: lambda a, b: a is not None and b is not None and bool(a >= b),
    ast.In: lambda a, b: a in b if isinstance(b, list | tuple | str | Mapping) else False,
    ast.NotIn: lambda a, b: a not in b if isinstance(b, list | tuple | str | Mapping) else True,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
}


def _days_between(first: Any, second: Any) -> Decimal:
    one, other = moment_of(first), moment_of(second)
    if one is None or other is None:
        raise TypeError(_("give two dates"))
    days = [value.date() if isinstance(value, datetime) else value for value in (one, other)]
    return Decimal((days[1] - days[0]).days)


def _rounded(value: Any, places: Any = Decimal(0)) -> Decimal:
    return round(_as_number(value), max(-20, min(20, int(places))))


def _count(value: Any) -> Decimal:
    return Decimal(len(value)) if isinstance(value, list | tuple | str | Mapping) else Decimal(0)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "round": _rounded,
    "abs": lambda value: abs(_as_number(value)),
    "min": lambda *values: min(_as_number(one) for one in values),
    "max": lambda *values: max(_as_number(one) for one in values),
    "number": _as_number,
    "text": as_text,
    "length": _count,
    "upper": lambda value: as_text(value).upper(),
    "lower": lambda value: as_text(value).lower(),
    "contains": lambda value, part: as_text(part).casefold() in as_text(value).casefold(),
    "starts_with": lambda value, part: as_text(value).casefold().startswith(as_text(part).casefold()),
    "coalesce": lambda *values: next((one for one in values if one not in (None, "", [])), None),
    "days_between": _days_between,
    "today": lambda: timezone.localdate(),
}
