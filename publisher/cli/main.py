"""The `publisher` command: finds the commands of this package, parses, runs one, gives its exit code."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from publisher import __version__
from publisher.cli.context import Context
from publisher.errors import Problem, PublisherError, ReportedError

HERE = Path(__file__).parent


def list_commands(wanted: Sequence[str] = ()) -> list[ModuleType]:
    """The commands, sorted by name: all of them or those of the names `wanted`. A module is called as its command."""
    names = [path.stem for path in HERE.glob("*.py") if not wanted or path.stem in wanted]
    modules = [importlib.import_module(f"publisher.cli.{name}") for name in names]
    return sorted((m for m in modules if hasattr(m, "NAME")), key=lambda m: str(m.NAME))


def common_options(*, default: bool) -> argparse.ArgumentParser:
    """Options that stand before or after the command's name."""
    parser = argparse.ArgumentParser(prog="publisher", add_help=False, allow_abbrev=False)
    # Given twice to argparse, the second default would undo what stood before the command's name.
    text: str = "" if default else argparse.SUPPRESS
    flag: bool | str = False if default else argparse.SUPPRESS
    parser.add_argument("--json", action="store_true", default=flag, help="data as JSON on stdout")
    parser.add_argument("--now", default=text, metavar="TIME", help="act as if it were this time")
    parser.add_argument("--lang", choices=("vi", "en"), default=text, help="language of messages")
    parser.add_argument("--workspace", default=text, metavar="DIR", help="another workspace")
    return parser


def build_parser(wanted: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of every command, or of those that `wanted` names when one of them is a command."""
    parser = argparse.ArgumentParser(
        prog="publisher",
        description="One Markdown file in; infographics, clips, an article and a radio script out; each sent once.",
        parents=[common_options(default=True)],
        epilog="Exit codes: 0 ok, 1 something failed, 2 usage, settings or content wrong, 3 nothing matched, "
        "4 credentials needed, 5 partly done, 6 outcome unknown.",
    )
    parser.add_argument("--version", action="version", version=f"publisher {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in list_commands(wanted) or list_commands():
        summary = (module.__doc__ or "").strip().splitlines()[0]
        sub = commands.add_parser(
            module.NAME, help=summary, description=module.__doc__, parents=[common_options(default=False)]
        )
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    # A command is looked for alone: it does not wait for what the others import.
    _, rest = common_options(default=True).parse_known_args(argv)
    args = build_parser(rest[:1]).parse_args(argv)
    context = Context(json=bool(args.json), now=args.now, lang=args.lang, folder=args.workspace)
    try:
        return int(args.run(args, context))
    except PublisherError as error:
        return show_error(error, context)
    except KeyboardInterrupt:
        context.say("Đã dừng theo yêu cầu.", "Stopped as asked.")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def show_error(error: PublisherError, context: Context) -> int:
    """The error to the person, or as the command's JSON object."""
    problems = error.problems if isinstance(error, ReportedError) else ()
    said = context.words(error.words.vi, error.words.en)
    if context.json:
        found = [problem_json(p) for p in problems] or [{"message": said}]
        sys.stdout.write(json.dumps({"error": found, "exit": error.exit_code}, ensure_ascii=False) + "\n")
    elif problems:
        context.report(problems)
    else:
        context.err.print(said, style="red", markup=False)
    return error.exit_code


def problem_json(problem: Problem) -> dict[str, object]:
    return {"path": problem.path, "line": problem.line, "level": problem.level, "message": problem.message}
