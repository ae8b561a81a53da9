"""How much a template may write: every piece of text it makes is paid for before it is made.

Loops and macros can double a text at every step, so that forty lines fill any memory. Text, iterations and copies are
charged to one budget a rendering; a template that uses it up is stopped with a sentence instead of a dead machine.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.visitor import NodeTransformer

BUDGET_CHARS = 8_000_000  # twice the longest text that may come out
_CONTAINERS = (list, tuple, dict, set, frozenset)
# Filters that make a text of their value: of a list they would make one that nobody counted.
_TEXT_FILTERS = ("capitalize", "e", "escape", "lower", "string", "title", "trim", "upper", "wordcount")
_TICK, _CONCAT = "_tick", "_concat"


class Budget:
    """Characters left to write in this rendering."""

    def __init__(self) -> None:
        self.left = BUDGET_CHARS

    def charge(self, count: int) -> None:
        """Raises SecurityError when nothing is left."""
        self.left -= count
        if self.left < 0:
            raise jinja2.exceptions.SecurityError("the text grows without end")

    def pay(self, value: object) -> str:
        """The value as text, paid for. Raises SecurityError for a list or a map."""
        if isinstance(value, _CONTAINERS):
            raise jinja2.exceptions.SecurityError("a list is no text; show what is in it with `join` or `for`")
        text = str(value)
        self.charge(len(text))
        return text

    def filters(self, plain: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
        """The filters of `plain` with what they make paid for, and the two that the transformed template calls."""
        made = {name: self._paid(plain[name]) for name in _TEXT_FILTERS if name in plain}
        made["replace"] = self._replace(plain["replace"])
        made["join"] = self._join(plain["join"])
        made[_TICK] = self._tick
        made[_CONCAT] = self._concat
        return made

    def _paid(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        at = 1 if hasattr(apply, "jinja_pass_arg") else 0

        @functools.wraps(apply)
        def paid(*args: Any, **more: Any) -> Any:
            self.pay(args[at])
            return apply(*args, **more)

        return paid

    def _replace(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(apply)
        def replace(context: Any, value: object, old: str, new: str, count: int | None = None) -> Any:
            self.charge(self.pay(value).count(str(old)) * len(self.pay(new)))
            return apply(context, value, old, new, count)

        return replace

    def _join(self, apply: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(apply)
        def join(context: Any, value: Any, d: str = "", attribute: str | None = None) -> Any:
            if attribute is not None:
                raise jinja2.exceptions.SecurityError("`join` takes no attribute")
            items = list(value)
            self.charge(len(items) * len(self.pay(d)))
            for item in items:
                self.pay(item)
            return apply(context, items, d)

        return join

    @property
    def _tick(self) -> Callable[..., str]:
        @jinja2.pass_context  # so that it is not worked out once, when the template is compiled
        def tick(_: Any, size: int) -> str:
            self.charge(size)
            return ""

        return tick

    @property
    def _concat(self) -> Callable[..., str]:
        @jinja2.pass_eval_context
        def concat(context: Any, parts: list[object]) -> str:
            for part in parts:
                self.pay(part)
            join = jinja2.runtime.markup_join if context.autoescape else jinja2.runtime.str_join
            return join(parts)

        return concat


class ChargeText(NodeTransformer):
    """Rewrites a template so that joining texts and every turn of a loop or macro are charged."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return _filter(parts, _CONCAT, node)

    def visit_For(self, node: nodes.For) -> nodes.Node:
        return self._charge_body(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        return self._charge_body(node)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:
        return self._charge_body(node)

    def _charge_body(self, node: Any) -> nodes.Node:
        self.generic_visit(node)
        size = 1 + sum(len(data.data) for data in node.find_all(nodes.TemplateData))
        tick = nodes.Output([_filter(nodes.Const(size, lineno=node.lineno), _TICK, node)], lineno=node.lineno)
        node.body.insert(0, tick)
        return node  # type: ignore[no-any-return]


def _filter(value: nodes.Expr, name: str, near: nodes.Node) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None, lineno=near.lineno)
