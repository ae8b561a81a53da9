"""Reading the workspace for a command: campaigns, units, key days, plans and accounts, with every problem at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from publisher.channels.base import Account
from publisher.channels.registry import list_kinds, load_accounts
from publisher.cli.context import Context
from publisher.content.load import Loading, load_campaigns
from publisher.content.model import Campaign
from publisher.content.parse import Known
from publisher.engine.planning import Desk
from publisher.errors import ContentError, NothingMatchedError, Problem, SettingsError, UsageError
from publisher.render.table_words import find_wide_words
from publisher.render.theme import load_theme
from publisher.schedule.keydays import load_key_days
from publisher.schedule.plans import load_defaults, load_plans
from publisher.schedule.slots import AccountRef, Calendar
from publisher.units import Unit, font_folder, list_unit_ids, load_person, load_unit
from publisher.vietnamese.glossary import load_reading
from publisher.workspace import Workspace


def list_themes(workspace: Workspace) -> list[str]:
    """Folders of `templates/` that a campaign may name: those that hold a `theme.yaml`."""
    return sorted(path.parent.name for path in workspace.templates.glob("*/theme.yaml"))


def campaign_files(context: Context, files: Sequence[str]) -> list[Path]:
    """The files named, or every campaign of the workspace. Raises NothingMatchedError when there is none."""
    if files:
        return [Path(name) for name in files]
    found = sorted(context.workspace.campaigns.glob("*.md"))
    if not found:
        raise NothingMatchedError("campaigns/: holds no Markdown file. Write one, or name a file.")
    return found


def known_names(workspace: Workspace) -> Known:
    """Every id a campaign may name. Settings that cannot be read are left unchecked here; `check` reports them."""
    from publisher.render import infographic, poster_formats  # noqa: PLC0415 - half of what `approve` would wait for

    return Known(
        key_days=frozenset(_names(lambda: load_key_days(workspace))),
        plans=frozenset(_names(lambda: load_plans(workspace))),
        units=frozenset(list_unit_ids(workspace)),
        themes=frozenset(list_themes(workspace)),
        channels=frozenset([*list_kinds(), *_names(lambda: {a.name: a for a in load_accounts(workspace)})]),
        formats=frozenset([*infographic.FORMATS, *poster_formats.FORMATS]),
    )


def _names(load: Callable[[], Mapping[str, object]]) -> list[str]:
    try:
        return list(load())
    except SettingsError:
        return []


def check_workspace(workspace: Workspace) -> list[Problem]:
    """Every problem of units, key days, plans, themes, accounts and word lists."""
    problems: list[Problem] = []
    loads: list[Callable[[], object]] = [
        lambda: load_key_days(workspace),
        lambda: load_plans(workspace),
        lambda: load_accounts(workspace),
        lambda: load_reading(workspace),
        *(lambda name=name: load_unit(workspace, name) for name in list_unit_ids(workspace)),
        *(lambda one=person: load_person(workspace, one) for person in workspace.people),
        *(lambda name=name: load_theme(workspace, name) for name in list_themes(workspace)),
    ]
    for load in loads:
        try:
            load()
        except SettingsError as error:
            problems += error.problems
    return sorted(set(problems))


def check_pictures(workspace: Workspace, campaigns: Iterable[Campaign]) -> list[Problem]:
    """What pictures of these campaigns would be refused for, as far as it shows before they are drawn."""
    problems = []
    for campaign in campaigns:
        try:
            unit = load_unit(workspace, campaign.unit or workspace.unit)
        except SettingsError:
            continue  # told by `check_workspace`
        problems += find_wide_words(campaign, font_folder(workspace, unit.font))
    return problems


def open_desk(context: Context, campaigns: Sequence[Campaign]) -> Desk:
    """Everything a plan needs, read once."""
    workspace = context.workspace
    return Desk(
        workspace,
        {campaign.slug: campaign for campaign in campaigns},
        {name: load_unit(workspace, name) for name in list_unit_ids(workspace)},
        accounts_of(workspace),
        load_key_days(workspace),
    )


def calendar_of(workspace: Workspace, desk: Desk) -> Calendar:
    """Key days, plans and accounts as the schedule wants them."""
    accounts = [AccountRef(a.name, a.kind, a.unit or workspace.unit) for a in desk.accounts.values()]
    parents = {name: unit.parent for name, unit in desk.units.items()}
    return Calendar(
        desk.days, load_plans(workspace), accounts, parents, workspace.zone, workspace.unit, load_defaults(workspace)
    )


def read_campaigns(context: Context, files: Sequence[str]) -> Loading:
    """Parse the files named (or all), with what the workspace knows."""
    return load_campaigns(campaign_files(context, files), context.workspace, known_names(context.workspace))


def sound_campaigns(context: Context, files: Sequence[str]) -> tuple[Campaign, ...]:
    """The campaigns when none has an error; warnings are shown. Raises ContentError with every problem."""
    loading = read_campaigns(context, files)
    if any(problem.level == "error" for problem in loading.problems):
        raise ContentError(loading.problems)
    context.report(loading.problems)
    return loading.campaigns


def choose_units(workspace: Workspace, campaign: Campaign, choice: str) -> list[Unit]:
    """`--unit ID`, `--unit all`, or the campaign's own office."""
    known = list_unit_ids(workspace)
    if choice == "all":
        return [load_unit(workspace, name) for name in known]
    name = choice or campaign.unit or workspace.unit
    if choice and choice not in known:
        raise UsageError(f"--unit: found `{choice}`; units are: {', '.join(known)}, or all.")
    return [load_unit(workspace, name)]


def accounts_of(workspace: Workspace) -> dict[str, Account]:
    """Every account that is switched on, by name."""
    return {account.name: account for account in load_accounts(workspace) if account.enabled}
