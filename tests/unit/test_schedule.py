"""Key days, plans and slots: what goes where, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from publisher.content.model import Campaign, PlannedPost
from publisher.errors import SettingsError, UsageError
from publisher.schedule.keydays import load_key_days, resolve_day, window_of
from publisher.schedule.planfile import Line, PlanFile, diff_plan, read_plan_file, write_plan
from publisher.schedule.plans import Defaults, load_defaults, load_plans
from publisher.schedule.slots import AccountRef, Calendar, Slot, plan_span, plan_year
from publisher.workspace import Workspace, load_workspace

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WORKSPACE = load_workspace(ROOT)
DAYS = load_key_days(WORKSPACE)
PLANS = load_plans(WORKSPACE)
PARENTS = {"tinh-mau": None, "xa-mau": "tinh-mau", "xa-khac": None}
CAMPAIGN = Campaign("campaigns/mau.md", "Mẫu", "Mẫu.", "mau", (), key_day="chuyen-doi-so", unit="tinh-mau")


def calendar(*accounts: AccountRef, defaults: Defaults | None = None) -> Calendar:
    return Calendar(DAYS, PLANS, accounts, PARENTS, ZONE, "tinh-mau", defaults or load_defaults(WORKSPACE))


PAGE = AccountRef("facebook-tinh-mau", "facebook", "tinh-mau")
PAGE_BELOW = AccountRef("facebook-xa-mau", "facebook", "xa-mau")
PAGE_ELSEWHERE = AccountRef("facebook-xa-khac", "facebook", "xa-khac")


def local(slot: Slot) -> str:
    return f"{slot.at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def test_the_three_key_days_have_their_official_names_and_a_plan_each() -> None:
    names = {day: DAYS[day].name_in(2026) for day in ("khoa-hoc-cong-nghe", "doi-moi-sang-tao", "chuyen-doi-so")}
    assert names == {
        "khoa-hoc-cong-nghe": "Ngày Khoa học và Công nghệ Việt Nam",
        "doi-moi-sang-tao": "Ngày hội Đổi mới sáng tạo quốc gia",
        "chuyen-doi-so": "Ngày Chuyển đổi số quốc gia",
    }
    assert all(DAYS[day].plan in PLANS for day in names)


def test_solar_and_lunar_days_are_resolved() -> None:
    assert resolve_day(DAYS["chuyen-doi-so"], 2026) == date(2026, 10, 10)
    assert resolve_day(DAYS["gio-to-hung-vuong"], 2026) == date(2026, 4, 26)
    assert resolve_day(DAYS["tet-nguyen-dan"], 2030) == date(2030, 2, 2)
    assert window_of(DAYS["doi-moi-sang-tao"], 2026) == (date(2026, 9, 22), date(2026, 10, 5))


def test_a_day_that_does_not_exist_yet_gives_no_slot() -> None:
    early = replace(CAMPAIGN, key_day="chuyen-doi-so")
    assert plan_year([early], calendar(PAGE), 2021).slots == ()


def test_a_campaign_goes_to_its_office_and_every_office_below() -> None:
    slots = plan_year([CAMPAIGN], calendar(PAGE, PAGE_BELOW, PAGE_ELSEWHERE), 2026).slots
    assert {slot.account for slot in slots} == {"facebook-tinh-mau", "facebook-xa-mau"}
    assert {slot.unit for slot in slots} == {"tinh-mau", "xa-mau"}


def test_times_are_local_and_stored_in_utc() -> None:
    slots = plan_year([CAMPAIGN], calendar(PAGE), 2026).slots
    assert [local(slot) for slot in slots] == ["2026-10-03 08:00", "2026-10-10 08:00"]
    assert slots[0].at == datetime(2026, 10, 3, 1, 0, tzinfo=UTC)


def test_one_network_never_sees_a_burst() -> None:
    """A hundred pages at 08:00 are spread a minute apart, in the same order every time."""
    pages = [AccountRef(f"facebook-xa-{n:03d}", "facebook", "tinh-mau") for n in range(100)]
    slots = [s for s in plan_year([CAMPAIGN], calendar(*pages), 2026).slots if s.output == "infographic"]
    moments = [slot.at for slot in slots]
    assert len(set(moments)) == 100
    assert min((b - a).total_seconds() for a, b in pairwise(moments)) == 60
    assert (
        plan_year([CAMPAIGN], calendar(*reversed(pages)), 2026).slots
        == plan_year([CAMPAIGN], calendar(*pages), 2026).slots
    )


def test_nothing_is_planned_after_the_campaigns_last_day() -> None:
    short = replace(CAMPAIGN, valid_until=date(2026, 10, 3))
    assert [local(slot) for slot in plan_year([short], calendar(PAGE), 2026).slots] == ["2026-10-03 08:00"]


def test_quiet_hours_move_a_post_and_say_so() -> None:
    night = replace(CAMPAIGN, plan=(PlannedPost("D0 23:30", "facebook:*", "infographic", None, 7),))
    planned = plan_year([night], calendar(PAGE), 2026)
    assert [local(slot) for slot in planned.slots] == ["2026-10-11 05:00"]
    assert "quiet hours" in planned.problems[0].message


def test_posts_written_out_in_a_campaign_are_planned() -> None:
    own = replace(
        CAMPAIGN, key_day=None, plan=(PlannedPost("2026-03-26 07:15", "facebook:facebook-xa-mau", "clip", "skip", 4),)
    )
    (slot,) = plan_year([own], calendar(PAGE, PAGE_BELOW), 2026).slots
    assert (local(slot), slot.account, slot.output, slot.late) == (
        "2026-03-26 07:15",
        "facebook-xa-mau",
        "clip",
        "skip",
    )
    assert plan_year([own], calendar(PAGE, PAGE_BELOW), 2027).slots == ()


def test_a_wrong_post_of_a_campaign_is_a_problem_with_its_line() -> None:
    wrong = replace(CAMPAIGN, plan=(PlannedPost("D+1 25:00", "facebook", "infographik", None, 9),))
    found = [str(problem) for problem in plan_year([wrong], calendar(PAGE), 2026).problems]
    assert any("campaigns/mau.md:9: at:" in text for text in found)
    assert any("Did you mean `infographic`?" in text for text in found)


def test_a_span_holds_what_lies_inside_it_and_only_that() -> None:
    found = plan_span([CAMPAIGN], calendar(PAGE), date(2026, 10, 4), date(2026, 10, 10)).slots
    assert [local(slot) for slot in found] == ["2026-10-10 08:00"]


def test_keys_are_stable_and_unlike() -> None:
    slots = plan_year([CAMPAIGN], calendar(PAGE, PAGE_BELOW), 2026).slots
    assert len({slot.key for slot in slots}) == len(slots)
    assert slots[0].key == "mau.2026.d-7-facebook-infographic.facebook-tinh-mau"


def broken(tmp_path: Path, name: str, text: str) -> Workspace:
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / name).write_text(text, encoding="utf-8")
    return Workspace(tmp_path, ZONE, "tinh-mau", "vi", "")


def test_every_mistake_of_the_key_days_is_named_with_its_line(tmp_path: Path) -> None:
    text = "days:\n  - id: a\n    name: A\n    rule: 31/2\n  - id: a\n    nam: B\n    rule: hôm nay\n"
    with pytest.raises(SettingsError) as caught:
        load_key_days(broken(tmp_path, "key-days.yaml", text))
    found = str(caught.value)
    assert "key-days.yaml:4: rule:" in found
    assert "key-days.yaml:6: nam: not a setting of a key day. Did you mean `name`?" in found
    assert "stands here twice" in found


def test_every_mistake_of_a_plan_is_named_with_its_line(tmp_path: Path) -> None:
    text = 'id: x\nposts:\n  - {at: D7, to: "facebook:*", send: clip}\n  - {at: D0 08:00, to: "Facebook!", send: clp}\n'
    with pytest.raises(SettingsError) as caught:
        load_plans(broken(tmp_path, "plan-x.yaml", text))
    found = str(caught.value)
    assert "plan-x.yaml:3: at: found `D7`" in found
    assert "plan-x.yaml:4: to:" in found
    assert "Did you mean `clip`?" in found


def plan_file() -> PlanFile:
    slots = plan_year([CAMPAIGN], calendar(PAGE), 2026).slots
    return PlanFile(
        "Asia/Ho_Chi_Minh", datetime(2026, 9, 1, tzinfo=UTC), tuple(Line(s, "c", "a", "make") for s in slots)
    )


def test_a_plan_file_is_read_back_as_it_was_written() -> None:
    plan = plan_file()
    assert read_plan_file(write_plan(plan), path="plan.json") == plan


@pytest.mark.parametrize("change", [("infographic", "clip"), ("T01:00", "T02:00"), ('"version": 1', '"version": 2')])
def test_a_plan_file_changed_by_hand_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match=r"plan.json"):
        read_plan_file(write_plan(plan_file()).replace(*change), path="plan.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"checksum": 1}', "null", "không phải JSON"])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"plan.json: "):
        read_plan_file(text, path="plan.json")


def test_a_plan_tells_what_it_makes_changes_and_leaves() -> None:
    first, second = plan_year([CAMPAIGN], calendar(PAGE), 2026).slots
    queued = {first.key: ("old", first.at)}
    content = {first.key: "new", second.key: "new"}
    assert diff_plan([first, second], queued, content) == {first.key: "change", second.key: "make"}
    assert diff_plan([first], {first.key: ("new", first.at)}, content) == {first.key: "leave"}


def test_house_rules_have_their_defaults(tmp_path: Path) -> None:
    assert load_defaults(Workspace(tmp_path, ZONE, "x", "vi", "")).quiet_from == time(22, 0)
