"""YAML with line marks: every settings file and every front matter is read and questioned through this."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from publisher.errors import Problem, SettingsError

MAX_BYTES = 4_000_000  # no settings file is longer; a longer one is refused before it is parsed


@dataclass
class Marked:
    """A YAML mapping that knows on which line each of its keys stands, and collects what is wrong with them."""

    values: Mapping[str, Any]
    lines: Mapping[str, int]
    path: str
    line: int = 1
    problems: list[Problem] = field(default_factory=list)

    def at(self, key: str) -> int:
        """The line of `key`, or of the mapping itself."""
        return self.lines.get(key, self.line)

    def complain(self, key: str, message: str) -> None:
        self.problems.append(Problem(self.path, self.at(key), f"{key}: {message}"))

    def refuse_unknown(self, allowed: Iterable[str], *, of: str) -> None:
        """Report every key that is not in `allowed`, naming the nearest one."""
        names = sorted(allowed)
        for key in self.values:
            if key not in names:
                near = nearest(key, names)
                hint = f" Did you mean `{near}`?" if near else f" Allowed: {', '.join(names)}."
                self.complain(str(key), f"not a setting of {of}.{hint}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text value; a missing one without default, or one of another form, is reported."""
        value = self.values.get(key, default)
        if value is None:
            self.complain(key, "missing; a text is needed. Add the line.")
            return ""
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self.complain(key, f"needs a text, found {describe(value)}.")
            return ""
        return self._as_written(key, value)

    def number(self, key: str, default: float) -> float:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.complain(key, f"needs a number, found {describe(value)}.")
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.complain(key, f"needs true or false, found {describe(value)}.")
            return default
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self.values.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(v, (str, int, float)) for v in value):
            self.complain(key, f"needs a list of texts, found {describe(value)}.")
            return ()
        written = self.values.written.get(key) if isinstance(self.values, _LinedDict) else None
        return tuple(v if isinstance(v, str) else str(w) for v, w in zip(value, written or value, strict=True))

    def _as_written(self, key: str, value: object) -> str:
        """`10:10`, `0123` and `1.10` are texts here, though YAML makes the numbers 610, 83 and 1.1 of them."""
        if isinstance(value, str) or not isinstance(self.values, _LinedDict):
            return str(value)
        return str(self.values.written.get(key, value))

    def mapping(self, key: str) -> Marked:
        """A nested mapping, empty when the key is missing."""
        value = self.values.get(key)
        if value is None:
            return Marked({}, {}, self.path, self.at(key), self.problems)
        if not isinstance(value, _LinedDict):
            self.complain(key, f"needs `name: value` lines, found {describe(value)}.")
            return Marked({}, {}, self.path, self.at(key), self.problems)
        return Marked(value, value.lines, self.path, self.at(key), self.problems)

    def mappings(self, key: str) -> list[Marked]:
        """A list of mappings, each with its own lines."""
        value = self.values.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(v, _LinedDict) for v in value):
            self.complain(key, f"needs a list of `- name: value` entries, found {describe(value)}.")
            return []
        return [Marked(v, v.lines, self.path, v.line, self.problems) for v in value]


def nearest(word: object, names: Iterable[str]) -> str | None:
    """The allowed name closest to what was written, if one is close."""
    found = difflib.get_close_matches(str(word), list(names), n=1, cutoff=0.6)
    return found[0] if found else None


def describe(value: object) -> str:
    """What was found, in an editor's words rather than Python's."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        return "several `name: value` lines"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    shown = str(value)
    return f"`{shown[:60]}…`" if len(shown) > 60 else f"`{shown}`"


class _LinedDict(dict[str, Any]):
    lines: dict[str, int]
    line: int
    written: dict[str, str | list[str]]  # numbers, and lists with numbers, letter by letter


class _Loader(yaml.SafeLoader):
    """Safe YAML: no aliases (they can grow without bound), no duplicate keys, dates left as text."""

    first_line = 1

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem="`*` refers to another place; write the value out", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)

    def lined(self, node: yaml.MappingNode) -> _LinedDict:
        result = _LinedDict()
        result.lines, result.written = {}, {}
        result.line = node.start_mark.line + self.first_line
        for key_node, value_node in node.value:
            key = str(self.construct_object(key_node, deep=True))
            if key in result:
                raise yaml.MarkedYAMLError(
                    problem=f"`{key}` stands here twice; keep one", problem_mark=key_node.start_mark
                )
            result[key] = self.construct_object(value_node, deep=True)
            result.lines[key] = key_node.start_mark.line + self.first_line
            if not isinstance(result[key], str) and (written := _written(value_node)) is not None:
                result.written[key] = written
        return result


def _written(node: yaml.Node) -> str | list[str] | None:
    """The letters of a scalar, or of a list that holds numbers; None for anything else."""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if not isinstance(node, yaml.SequenceNode) or all(part.tag.endswith(":str") for part in node.value):
        return None
    return [str(part.value) for part in node.value] if all(isinstance(p, yaml.ScalarNode) for p in node.value) else None


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.lined)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse_yaml(text: str, *, path: str, first_line: int = 1) -> Marked:
    """Read one YAML mapping. What YAML itself refuses becomes a problem with its line; nothing is raised.

    `first_line` is the line of the file on which `text` begins.
    """
    loader = _Loader(text)
    loader.first_line = first_line
    try:
        value = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line if mark else 0) + first_line
        problem = Problem(path, line, f"not readable as YAML: {error.problem}. Check quotes, colons and indents.")
        return Marked({}, {}, path, first_line, [problem])
    except (yaml.YAMLError, ValueError, RecursionError):
        problem = Problem(path, first_line, "not readable as YAML. Remove control characters, then check quotes.")
        return Marked({}, {}, path, first_line, [problem])
    if value is None:
        return Marked({}, {}, path, first_line)
    if not isinstance(value, _LinedDict):
        problem = Problem(path, first_line, f"needs `name: value` lines, found {describe(value)}.")
        return Marked({}, {}, path, first_line, [problem])
    return Marked(value, value.lines, path, first_line)


def read_yaml(path: Path, *, shown: str) -> Marked:
    """Read a settings file; `shown` is its path as people know it. Raises SettingsError when it cannot be opened."""
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"cannot be opened: {error.strerror or 'input/output error'}. Put the file there."
        raise SettingsError([Problem(shown, 0, message)]) from error
    if len(data) > MAX_BYTES:
        raise SettingsError([Problem(shown, 0, f"{len(data)} bytes; a settings file has at most {MAX_BYTES}.")])
    try:
        return parse_yaml(data.decode("utf-8-sig"), path=shown)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SettingsError([Problem(shown, line, "not UTF-8 text; save the file as UTF-8.")]) from error
