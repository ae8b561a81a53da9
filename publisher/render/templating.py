"""Jinja2 for templates that editors may change: data in, text out, and nothing else within reach.

A template sees only plain values (texts, numbers, lists, maps). It cannot include another file, call into
Python, or build a text large enough to fill the memory.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from publisher.errors import Problem, SettingsError
from publisher.render.template_budget import BUDGET_CHARS, Budget, ChargeText

MAX_TEMPLATE_BYTES = 200_000  # the longest of ours is a twentieth of it
MAX_OUTPUT_CHARS = 4_000_000

Plain = str | int | float | bool | None
"""With lists and maps of these, all that a template is given."""

# Filters that read a value and give a value of about its size. `attr`, `map(attribute=…)`, `center`, `indent` and
# their like are left out: they reach attributes or grow a text by a number of the template's choice.
_FILTERS = (
    "capitalize", "count", "d", "default", "e", "escape", "first", "float", "int", "join", "last", "length", "list",
    "lower", "max", "min", "replace", "reverse", "round", "sort", "string", "sum", "title", "trim", "unique",
    "upper", "wordcount",
)  # fmt: skip


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, without globals, without a loader, and without operators that can multiply a text."""

    intercepted_binops = frozenset(("*", "**", "%", "+"))
    budget: Budget

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            self.budget.charge(len(left) + len(right))
            return super().call_binop(context, operator, left, right)
        for value in (left, right):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1_000_000:
                raise jinja2.exceptions.SecurityError(f"`{operator}` takes two small numbers")
        if operator == "**":
            raise jinja2.exceptions.SecurityError("`**` is not allowed")
        return super().call_binop(context, operator, left, right)

    def is_safe_callable(self, obj: Any) -> bool:
        """Only a macro that the template itself defines; values have filters, not methods."""
        return isinstance(obj, jinja2.runtime.Macro)


def _finisher(budget: Budget) -> Callable[[object], object]:
    def finish(value: object) -> object:
        """Refuse to show a method of a value: its text would hold an address of this machine's memory."""
        if isinstance(value, jinja2.Undefined):
            return value
        if callable(value) or not isinstance(value, str | int | float | None):
            kind = "a list" if isinstance(value, list | tuple | dict) else "a function"
            raise jinja2.exceptions.SecurityError(f"{kind} is no text")
        budget.pay(value)
        return value

    return finish


def make_environment(*, autoescape: bool, filters: Mapping[str, Callable[..., Any]] | None = None) -> _Environment:
    """An environment for one kind of output; `autoescape` is for HTML."""
    budget = Budget()
    environment = _Environment(
        autoescape=autoescape,
        undefined=jinja2.StrictUndefined,
        finalize=_finisher(budget),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        cache_size=0,
    )
    environment.budget = budget
    environment.globals.clear()
    allowed = {name: environment.filters[name] for name in _FILTERS if name in environment.filters}
    environment.filters.clear()
    environment.filters.update(allowed | budget.filters(allowed))
    environment.filters.update(filters or {})
    return environment


class Template:
    """One template file, compiled; every way it can fail becomes one SettingsError with file and line."""

    def __init__(self, source: str, *, shown: str, environment: _Environment) -> None:
        self.shown = shown
        self._budget = environment.budget
        try:
            tree = ChargeText().visit(environment.parse(source, name=shown, filename=shown))
            code = environment.compile(tree, name=shown, filename=shown)
            self._template = jinja2.Template.from_code(environment, code, environment.make_globals(None))
        except jinja2.TemplateSyntaxError as error:
            raise self._problem(error.lineno, error.message or "not readable") from error
        except (RecursionError, MemoryError, OverflowError, SyntaxError, ValueError) as error:
            raise self._problem(1, "nested too deeply or too large") from error

    def render(self, data: Mapping[str, object]) -> str:
        """The text the template makes of `data`. Raises SettingsError."""
        parts: list[str] = []
        size = 0
        self._budget.left = BUDGET_CHARS
        try:
            for part in self._template.generate(**data):
                size += len(part)
                if size > MAX_OUTPUT_CHARS:
                    raise jinja2.exceptions.SecurityError("the text grows without end")
                parts.append(part)
        except Exception as error:
            # Whatever a template's own expression raises (a division by zero, a type that does not fit) is the
            # template's fault and is told as such.
            raise self._problem(self._line(error), _say(error)) from error
        return "".join(parts)

    def _line(self, error: BaseException) -> int:
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == self.shown]
        return int(lines[-1] or 1) if lines else 1

    def _problem(self, line: int, found: str) -> SettingsError:
        message = f"template: {found}. Correct the line, or take the shipped template again."
        return SettingsError([Problem(self.shown, line, message)])


def _say(error: Exception) -> str:
    if isinstance(error, jinja2.UndefinedError):
        return f"{error.message}; the names a template may use are listed in docs/captions.md"
    if isinstance(error, jinja2.exceptions.SecurityError):
        return f"{error.message or 'not allowed'}; a template only shows the values it is given"
    if isinstance(error, TypeError) and "no loader" in str(error):
        return "`include`, `import` and `extends` are not allowed; a template stands alone"
    return f"cannot be worked out: {str(error)[:200] or 'wrong expression'}"


def read_template(
    path: Path, *, shown: str, autoescape: bool, filters: Mapping[str, Callable[..., Any]] | None = None
) -> Template:
    """Read and compile one template file. Raises SettingsError naming file and line."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "input/output error"
        raise SettingsError([Problem(shown, 0, f"cannot be opened: {reason}. Put the template there.")]) from error
    if len(data) > MAX_TEMPLATE_BYTES:
        message = f"{len(data)} bytes; a template has at most {MAX_TEMPLATE_BYTES}."
        raise SettingsError([Problem(shown, 0, message)])
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SettingsError([Problem(shown, line, "not UTF-8 text; save the file as UTF-8.")]) from error
    environment = make_environment(autoescape=autoescape, filters=filters)
    return Template(source.replace("\r\n", "\n"), shown=shown, environment=environment)


def markup(html: str) -> Markup:
    """Mark `html` as already safe. Only for what nh3 has let through or our own code has escaped."""
    return Markup(html)  # noqa: S704
