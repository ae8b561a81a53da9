"""every problem of every file at once: campaigns, units, key days, plans, accounts"""

from __future__ import annotations

import argparse

from publisher.cli.context import Context, count
from publisher.cli.gather import check_pictures, check_workspace, read_campaigns
from publisher.cli.main import problem_json

NAME = "check"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="campaign files; all of campaigns/ when none is named")


def run(args: argparse.Namespace, context: Context) -> int:
    problems = list(check_workspace(context.workspace))
    loading = read_campaigns(context, args.files)
    problems += [*loading.problems, *check_pictures(context.workspace, loading.campaigns)]
    errors = sum(problem.level == "error" for problem in problems)
    warnings = len(problems) - errors
    context.report(problems)
    context.give(
        {
            "campaigns": [campaign.slug for campaign in loading.campaigns],
            "problems": [problem_json(problem) for problem in sorted(problems)],
            "errors": errors,
            "warnings": warnings,
        }
    )
    context.say(
        f"{len(loading.campaigns)} chiến dịch, {errors} lỗi, {warnings} lưu ý.",
        f"{count(len(loading.campaigns), 'campaign')}, {count(errors, 'error')}, {count(warnings, 'warning')}.",
    )
    return 2 if errors else 0
