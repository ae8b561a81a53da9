"""The rules of the schedule: turns of accounts, taken days, quiet hours, clock changes, years that repeat."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.model import Campaign, Paragraph, PlannedPost, Section, plain_text
from publisher.errors import SettingsError, UsageError
from publisher.schedule.keydays import KeyDay, Rule, load_key_days, resolve_day, window_of
from publisher.schedule.moments import after_quiet_hours, free_day, is_quiet, outside_quiet_hours, to_moment
from publisher.schedule.planfile import diff_plan, find_orphans
from publisher.schedule.plans import Defaults, Plan, load_defaults, load_plans
from publisher.schedule.repeats import mark_repeats
from publisher.schedule.review import newest_year, why_review
from publisher.schedule.seats import AccountRef, accounts_below, line_of, seat_accounts
from publisher.schedule.slots import Calendar, Planned, plan_span, plan_year
from publisher.vietnamese.lunar import lunar_to_solar
from publisher.workspace import load_workspace
from tests.unit.test_schedule import broken

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")  # changes its clocks: 2026-03-29 02:00 → 03:00, 2026-10-25 03:00 → 02:00
WORKSPACE = load_workspace(Path(__file__).parents[2])
DAYS = load_key_days(WORKSPACE)
PLANS = load_plans(WORKSPACE)
PARENTS = {"tinh": None, "xa-an": "tinh", "xa-binh": "tinh"}
PROVINCE = AccountRef("zz-facebook-tinh", "facebook", "tinh")
AN = AccountRef("facebook-xa-an", "facebook", "xa-an")
BINH = AccountRef("facebook-xa-binh", "facebook", "xa-binh")
STATIONS = (AccountRef("radio-tinh", "radio", "tinh"), AccountRef("radio-an", "radio", "xa-an"))
ALL = (PROVINCE, AN, BINH, *STATIONS)


def campaign(
    *posts: tuple[str, str, str], slug: str = "mau", unit: str = "tinh", day: str = "chuyen-doi-so"
) -> Campaign:
    own = tuple(PlannedPost(at, to, send, None, 5 + n) for n, (at, to, send) in enumerate(posts))
    return Campaign(f"campaigns/{slug}.md", "Mẫu", "Mẫu.", slug, (), key_day=day, unit=unit, plan=own or None)


def calendar(
    accounts: tuple[AccountRef, ...] = ALL, defaults: Defaults | None = None, days: Mapping[str, KeyDay] | None = None
) -> Calendar:
    plans: Mapping[str, Plan] = PLANS
    return Calendar(days or DAYS, plans, accounts, PARENTS, ZONE, "tinh", defaults or load_defaults(WORKSPACE))


def times(planned: Planned, zone: ZoneInfo = ZONE) -> dict[str, str]:
    return {slot.account: f"{slot.at.astimezone(zone):%m-%d %H:%M:%S}" for slot in planned.slots}


def words(planned: Planned) -> str:
    return "\n".join(map(str, planned.problems))


# Turns


def test_the_province_comes_first_and_every_commune_has_a_turn_of_its_own() -> None:
    planned = plan_year([campaign(("D0 08:00", "facebook:*", "clip"))], calendar(), 2026)
    assert times(planned) == {
        "zz-facebook-tinh": "10-10 08:00:00",
        "facebook-xa-an": "10-10 08:01:00",
        "facebook-xa-binh": "10-10 08:02:00",
    }


def test_stations_are_no_network_and_get_the_plans_own_minute() -> None:
    planned = plan_year([campaign(("D0 05:00", "radio:*", "radio"))], calendar(), 2026)
    assert set(times(planned).values()) == {"10-10 05:00:00"}


def test_who_names_one_account_gets_its_exact_minute() -> None:
    planned = plan_year([campaign(("D0 08:00", "facebook:facebook-xa-binh", "clip"))], calendar(), 2026)
    assert times(planned) == {"facebook-xa-binh": "10-10 08:00:00"}


def test_planning_one_file_gives_the_times_that_planning_all_gives() -> None:
    """`plan a.md` and later `apply`, which reads every file, have to agree."""
    posts = ("D0 08:00", "facebook:*", "clip")
    own, other = campaign(posts, slug="xa", unit="xa-binh"), campaign(posts, slug="tinh")
    alone = plan_year([own], calendar(), 2026).slots
    among = [slot for slot in plan_year([other, own], calendar(), 2026).slots if slot.campaign == "xa"]
    assert list(alone) == among


def test_an_account_switched_off_gets_nothing_and_keeps_its_turn_for_later() -> None:
    off = replace(AN, enabled=False)
    planned = plan_year([campaign(("D0 08:00", "facebook:*", "clip"))], calendar((PROVINCE, off, BINH)), 2026)
    assert times(planned) == {"zz-facebook-tinh": "10-10 08:00:00", "facebook-xa-binh": "10-10 08:02:00"}


def test_a_circle_of_offices_ends() -> None:
    parents = {"a": "b", "b": "a"}
    assert line_of("a", parents) == ("a", "b")
    assert accounts_below("b", [AccountRef("x", "facebook", "a")], parents)
    assert seat_accounts([AccountRef("x", "facebook", "a")], parents) == {"x": 0}


def test_a_long_row_of_pages_does_not_run_into_the_quiet_hours() -> None:
    pages = tuple(AccountRef(f"facebook-{n:03d}", "facebook", "tinh") for n in range(100))
    planned = plan_year([campaign(("D0 21:30", "facebook:*", "clip"))], calendar(pages), 2026)
    moments = [slot.at.astimezone(ZONE) for slot in planned.slots]
    assert not any(is_quiet(moment.time(), Defaults()) for moment in moments)
    assert moments[29].isoformat() == "2026-10-10T21:59:00+07:00"
    assert moments[30].isoformat() == "2026-10-11T05:00:00+07:00"
    assert len(set(moments)) == 100


# Taken days and windows


def test_a_piece_moves_off_a_day_that_belongs_to_another_and_says_so() -> None:
    """Ten days after 23/8 lies 2/9; ten days before 12/9 as well: one goes on, the other comes earlier."""
    days = {**DAYS, "truoc": replace(DAYS["chuyen-doi-so"], id="truoc", rule=Rule(23, 8, lunar=False), window=(-30, 30)),
            "sau": replace(DAYS["chuyen-doi-so"], id="sau", rule=Rule(12, 9, lunar=False), window=(-30, 30))}  # fmt: skip
    later = plan_year(
        [campaign(("D+10 08:00", "facebook:*", "clip"), day="truoc")], calendar((PROVINCE,), days=days), 2026
    )
    earlier = plan_year(
        [campaign(("D-10 08:00", "facebook:*", "clip"), day="sau")], calendar((PROVINCE,), days=days), 2026
    )
    assert times(later) == {PROVINCE.name: "09-03 08:00:00"}
    assert times(earlier) == {PROVINCE.name: "09-01 08:00:00"}
    assert "2026-09-02 belongs to quoc-khanh alone; moved to 2026-09-03" in words(later)


def test_the_days_own_pieces_stay_on_it() -> None:
    planned = plan_year([campaign(("D0 08:00", "facebook:*", "clip"), day="quoc-khanh")], calendar((PROVINCE,)), 2026)
    assert times(planned) == {PROVINCE.name: "09-02 08:00:00"}
    assert "alone" not in words(planned)


def test_a_fixed_date_on_a_taken_day_stays_and_is_told() -> None:
    planned = plan_year([campaign(("2026-09-02 08:00", "facebook:*", "clip"))], calendar((PROVINCE,)), 2026)
    assert times(planned) == {PROVINCE.name: "09-02 08:00:00"}
    assert "campaigns/mau.md:5: plan post" in words(planned)
    assert "belongs to quoc-khanh alone; it stays" in words(planned)


def test_a_piece_for_workdays_leaves_the_weekend_away_from_the_key_day(tmp_path: Path) -> None:
    """10/10/2026 is a Saturday: D+1 goes on to Monday, D-6 (a Sunday) back to Friday, D0 stays and is told."""
    lines = "".join(
        f'  - {{at: {at} 08:00, to: "facebook:*", send: {send}, workdays: true}}\n'
        for at, send in (("D+1", "clip"), ("D-6", "infographic"), ("D0", "link"))
    )
    plans = load_plans(broken(tmp_path, "plan-x.yaml", f"id: x\nposts:\n{lines}"))
    own = replace(calendar((PROVINCE,)), plans=plans)
    planned = plan_year([replace(campaign(), plan="x")], own, 2026)
    moments = {slot.output: f"{slot.at.astimezone(ZONE):%a %m-%d}" for slot in planned.slots}
    assert moments == {"infographic": "Fri 10-02", "link": "Sat 10-10", "clip": "Mon 10-12"}
    assert "2026-10-11 is at the weekend; moved to 2026-10-12" in words(planned)
    assert "2026-10-10 is at the weekend; it stays" in words(planned)


def test_a_fixed_date_in_a_year_without_the_campaigns_lunar_day_is_planned() -> None:
    """The 5th of the 12th lunar month misses some solar years; what does not count from it goes on."""
    rare = replace(DAYS["tet-nguyen-dan"], id="hiem", rule=Rule(5, 12, lunar=True))
    without = [year for year in range(2000, 2060) if not falls(rare, year)]
    assert without
    year = without[0]
    own = campaign((f"{year}-06-01 08:00", "facebook:*", "clip"), ("D0 08:00", "facebook:*", "link"), day="hiem")
    planned = plan_year([own], calendar((PROVINCE,), days={**DAYS, "hiem": rare}), year)
    assert [slot.output for slot in planned.slots] == ["clip"]
    assert f"its lunar day does not fall into {year}" in words(planned)


def falls(day: KeyDay, year: int) -> bool:
    try:
        return resolve_day(day, year).year == year
    except ValueError:
        return False


def test_days_of_the_house_rules_are_kept_free() -> None:
    rules = Defaults(taken={date(2026, 10, 9): "đại hội"})
    planned = plan_year([campaign(("D-1 08:00", "facebook:*", "clip"))], calendar((PROVINCE,), rules), 2026)
    assert times(planned) == {PROVINCE.name: "10-08 08:00:00"}


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(-9, 9),
    st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31))),
)
def test_a_free_day_is_free_and_never_nearer_to_the_key_day(day: date, offset: int, taken: set[date]) -> None:
    found = free_day(day, offset, taken)
    assert found == day or found not in taken
    assert (found - day).days * offset >= 0


def test_a_post_outside_the_days_of_its_key_day_is_told() -> None:
    planned = plan_year([campaign(("D-20 08:00", "facebook:*", "clip"))], calendar((PROVINCE,)), 2026)
    assert "2026-09-20 lies outside the days of chuyen-doi-so (2026-10-01 to 2026-10-31)" in words(planned)


def test_a_window_announced_for_a_year_replaces_the_usual_one() -> None:
    day = replace(DAYS["doi-moi-sang-tao"], windows={2026: (date(2026, 9, 15), date(2026, 10, 2))})
    assert window_of(day, 2026) == (date(2026, 9, 15), date(2026, 10, 2))
    assert window_of(day, 2027) == (date(2027, 9, 22), date(2027, 10, 5))


# Lunar days


def test_the_thirtieth_is_the_last_day_of_a_short_month() -> None:
    """The last month of the year of the Snake (2025) has 29 days; New Year's Eve is 16/02/2026 all the same."""
    with pytest.raises(ValueError, match="has 29 days"):
        lunar_to_solar(30, 12, 2025)
    eve = replace(DAYS["tet-nguyen-dan"], rule=Rule(30, 12, lunar=True))
    for year in range(2020, 2060):
        assert resolve_day(eve, year) + timedelta(days=1) == resolve_day(DAYS["tet-nguyen-dan"], year)


@given(st.integers(1970, 2100))
@settings(max_examples=60, deadline=None)
def test_every_shipped_day_has_one_date_in_every_year(year: int) -> None:
    for day in DAYS.values():
        assert resolve_day(day, year).year == year


# Clocks


def test_a_time_that_a_clock_change_leaves_out_becomes_the_first_after_it() -> None:
    moment, told = to_moment(date(2026, 3, 29), time(2, 30), BERLIN)
    assert moment == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert "02:30 does not exist on 2026-03-29" in told


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    moment, told = to_moment(date(2026, 10, 25), time(2, 30), BERLIN)
    assert (moment, told) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "")


@pytest.mark.parametrize("zone", [ZONE, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
@settings(max_examples=200, deadline=None)
@given(day=st.dates(date(2020, 1, 1), date(2030, 12, 31)), minutes=st.integers(0, 1439))
def test_a_moment_shows_the_clock_it_was_made_from_or_says_why_not(zone: ZoneInfo, day: date, minutes: int) -> None:
    clock = time(minutes // 60, minutes % 60)
    moment, told = to_moment(day, clock, zone)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    assert told or shown == datetime.combine(day, clock)
    assert timedelta(0) <= shown - datetime.combine(day, clock) <= timedelta(hours=1)


@given(
    st.times(), st.times(), st.integers(0, 1439), st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 300)
)
def test_nothing_falls_into_the_quiet_hours(begin: time, end: time, minutes: int, day: date, seat: int) -> None:
    rules = Defaults(quiet_from=begin.replace(second=0, microsecond=0), quiet_to=end.replace(second=0, microsecond=0))
    clock = time(minutes // 60, minutes % 60)
    moment, told = outside_quiet_hours(day, clock, ZONE, rules)
    assert not is_quiet(moment.astimezone(ZONE).time(), rules)
    assert bool(told) == is_quiet(clock, rules)
    assert moment.astimezone(ZONE).date() - day in (timedelta(0), timedelta(1))
    assert after_quiet_hours(moment + timedelta(seconds=seat), moment, ZONE, rules) >= moment


def test_a_piece_of_january_planned_from_the_end_of_december_is_found_by_its_day() -> None:
    """D-2 of New Year's Day lies in the old year; its key names the year of the day."""
    own = campaign(("D-2 08:00", "facebook:*", "clip"), day="tet-duong-lich")
    (slot,) = plan_span([own], calendar((PROVINCE,)), date(2026, 12, 25), date(2026, 12, 31)).slots
    assert (slot.key, slot.year) == ("mau.2027.d-2-facebook-clip.zz-facebook-tinh", 2027)


@pytest.mark.parametrize("year", [0, 1, 1969, 2200, 9999, 99999])
def test_a_year_that_the_calendars_do_not_reach_is_refused(year: int) -> None:
    with pytest.raises(UsageError, match="from 1970 to 2199"):
        plan_year([campaign()], calendar(), year)


def test_a_span_at_the_ends_of_the_calendars_is_planned_and_a_wrong_one_refused() -> None:
    own = campaign(("D0 08:00", "facebook:*", "clip"))
    for first, last, count in ((date(1970, 1, 1), date(1970, 12, 31), 0), (date(2199, 1, 1), date(2199, 12, 31), 1)):
        assert len(plan_span([own], calendar((PROVINCE,)), first, last).slots) == count
    with pytest.raises(UsageError, match="from 1970 to 2199"):
        plan_span([own], calendar(), date.min, date.max)
    with pytest.raises(UsageError, match="lies before its first"):
        plan_span([own], calendar(), date(2026, 2, 1), date(2026, 1, 1))


# What is told


def test_what_the_last_day_cuts_off_is_told() -> None:
    posts = (("D0 08:00", "facebook:*", "clip"), ("D+3 08:00", "facebook:*", "infographic"))
    short = replace(campaign(*posts), valid_until=date(2026, 10, 11))
    planned = plan_year([short], calendar((PROVINCE,)), 2026)
    assert len(planned.slots) == 1
    assert "valid_until 2026-10-11: 1 of 2 pieces of 2026 lie after it; not planned" in words(planned)


def test_a_campaign_of_last_year_asks_for_its_facts_before_it_repeats() -> None:
    old = replace(campaign(("D0 08:00", "facebook:*", "clip")), valid_until=date(2026, 10, 31))
    planned = plan_year([old], calendar((PROVINCE,)), 2027)
    assert planned.slots == ()
    assert "To repeat it, check that its facts still hold" in words(planned)


def text(words: str) -> tuple[Section, ...]:
    return (Section(plain_text("Mục"), (Paragraph(plain_text(words), 3),), 2),)


def test_the_newest_year_of_a_campaign_is_found_wherever_it_stands() -> None:
    own = replace(
        campaign(),
        sections=text("Năm 2024 có 2.027 hồ sơ; đến 2030 là mục tiêu; số 12025."),
        sources=("ngày 22/4/2022",),
    )
    assert newest_year(own, until=2028) == 2024
    assert newest_year(campaign(), until=2028) is None


def test_old_figures_ask_whether_the_facts_have_changed() -> None:
    own = replace(campaign(("D0 08:00", "facebook:*", "clip")), sections=text("Tỷ lệ năm 2024 là 61%."))
    assert why_review(own, 2025) == ""
    planned = plan_year([own], calendar((PROVINCE,)), 2026)
    assert [slot.needs_review for slot in planned.slots] == [True]
    assert "have the facts changed? For 2026, the newest year it names is 2024" in words(planned)
    confirmed = plan_year([replace(own, valid_until=date(2026, 10, 31))], calendar((PROVINCE,)), 2026)
    assert [slot.needs_review for slot in confirmed.slots] == [False]


def test_a_campaign_that_went_out_in_an_earlier_year_is_marked() -> None:
    slots = plan_year([campaign(("D0 08:00", "facebook:*", "clip"))], calendar((PROVINCE,)), 2027).slots
    before = ["mau.2026.d0-facebook-clip.zz-facebook-tinh", "khac.2026.x.y", "lạ"]
    assert [slot.needs_review for slot in mark_repeats(slots, before)] == [True]
    assert [
        slot.needs_review
        for slot in mark_repeats(slots, ["mau.2027.d0-facebook-clip.zz-facebook-tinh", "mau2.2026.a.b"])
    ] == [False]
    dated = [replace(slot, valid_until=datetime(2027, 10, 31, tzinfo=UTC)) for slot in slots]
    assert [slot.needs_review for slot in mark_repeats(dated, before)] == [False]


def test_the_same_sent_twice_to_a_network_is_told_and_a_repeated_broadcast_is_not() -> None:
    twice = (("D0 08:00", "facebook:*", "clip"), ("D+1 08:00", "facebook:*", "clip"))
    assert "networks hold back repetitions" in words(plan_year([campaign(*twice)], calendar(), 2026))
    again = (("D0 05:00", "radio:*", "radio"), ("D+1 17:00", "radio:*", "radio"))
    assert "repetitions" not in words(plan_year([campaign(*again)], calendar(), 2026))


def test_the_shipped_plans_give_no_warning_but_of_kinds_without_an_account() -> None:
    kinds = ("facebook", "zalo", "portal", "radio", "youtube")
    accounts = tuple(AccountRef(f"{kind}-tinh", kind, "tinh") for kind in kinds)
    for day in ("khoa-hoc-cong-nghe", "doi-moi-sang-tao", "chuyen-doi-so"):
        own = replace(campaign(day=day), plan=None)
        for year in range(2026, 2036):
            planned = plan_year([own], calendar(accounts), year)
            assert planned.problems == ()
            assert len(planned.slots) == 7


# Settings


def test_every_mistake_of_the_house_rules_is_named_with_its_line(tmp_path: Path) -> None:
    content = "spread_s: -1\nspread: {radio: 1.5}\ntaken:\n  - {date: 30/2, note: x}\nquiet: 5\nquiet_to: 25h\n"
    with pytest.raises(SettingsError) as caught:
        load_defaults(broken(tmp_path, "defaults.yaml", content))
    found = str(caught.value)
    assert "defaults.yaml:1: spread_s: found `-1`; whole seconds, 0 or more" in found
    assert "defaults.yaml:2: radio: found `1.5`" in found
    assert "defaults.yaml:4: date: found `30/2`; written 2026-03-15" in found
    assert "defaults.yaml:5: quiet: not a setting" in found
    assert "defaults.yaml:6: quiet_to:" in found


def test_windows_and_lead_days_are_checked(tmp_path: Path) -> None:
    content = "days:\n  - id: a\n    name: A\n    rule: 1/10\n    lead_days: -3\n    windows: {2026: 22/9, 2027: 20/12 .. 5/1}\n"
    with pytest.raises(SettingsError) as caught:
        load_key_days(broken(tmp_path, "key-days.yaml", content))
    found = str(caught.value)
    assert "key-days.yaml:5: lead_days: found `-3`" in found
    assert "windows: 2026: found `22/9`; written `22/9 .. 5/10`" in found
    assert "2027" not in found


def test_a_date_that_does_not_exist_is_a_problem_with_its_line() -> None:
    planned = plan_year([campaign(("2026-02-30 08:00", "facebook:*", "clip"))], calendar(), 2026)
    assert "campaigns/mau.md:5: at: found `2026-02-30 08:00`" in words(planned)


# Names


def test_two_broadcasts_of_one_day_are_two_pieces_and_the_first_keeps_its_name() -> None:
    """Else the second would take the first one's place and one of the two would never be read."""
    once = plan_year([campaign(("D0 05:00", "radio:*", "radio"))], calendar(), 2026).slots
    both = plan_year([campaign(("D0 05:00", "radio:*", "radio"), ("D0 17:00", "radio:*", "radio"))], calendar(), 2026)
    assert both.problems == ()
    assert {slot.key for slot in once} < {slot.key for slot in both.slots}
    assert len({slot.key for slot in both.slots}) == 4
    assert any(slot.key == "mau.2026.d0-radio-radio-1700.radio-an" for slot in both.slots)


def test_the_same_post_written_twice_is_an_error() -> None:
    planned = plan_year(
        [campaign(("D0 05:00", "radio:*", "radio"), ("D0 05:00", "radio:*", "radio"))], calendar(), 2026
    )
    assert "campaigns/mau.md:6: at: `D0 05:00` sends radio to radio:* twice" in words(planned)


@pytest.mark.parametrize("name", ["a.b", "a/b", "../x", "A", "a--b", "-a", "x" * 61])
def test_a_post_is_named_so_that_its_delivery_can_be(tmp_path: Path, name: str) -> None:
    content = f'id: x\nposts:\n  - {{id: "{name}", at: D0 08:00, to: "facebook:*", send: clip}}\n'
    with pytest.raises(SettingsError, match=r"plan-x.yaml:3: id: found"):
        load_plans(broken(tmp_path, "plan-x.yaml", content))


def test_a_post_moved_to_another_day_leaves_an_orphan_in_the_queue_that_is_found() -> None:
    """Its name holds its day: without a word both would go out."""
    before = plan_year([campaign(("D-7 08:00", "facebook:*", "clip"))], calendar((PROVINCE,)), 2026)
    after = plan_year([campaign(("D-6 08:00", "facebook:*", "clip"))], calendar((PROVINCE,)), 2026)
    queued = [before.slots[0].key, "khac.2026.x.y", "mau.2025.x.y", after.slots[0].key]
    assert find_orphans(queued, after) == (before.slots[0].key,)
    assert find_orphans(queued, before) == (after.slots[0].key,)


def test_what_can_no_longer_go_out_is_past_and_not_made() -> None:
    (slot,) = plan_year([campaign(("D0 08:00", "facebook:*", "clip"))], calendar((PROVINCE,)), 2026).slots
    lenient = replace(slot, late="send", grace_s=3600)
    hour = timedelta(hours=1)
    for piece, after, expected in (
        (slot, -hour, "make"), (slot, hour, "past"), (lenient, hour, "make"), (lenient, 2 * hour, "past"),
        (replace(lenient, valid_until=slot.at), hour, "past"),
    ):  # fmt: skip
        assert diff_plan([piece], {}, {piece.key: "c"}, now=slot.at + after) == {piece.key: expected}
    assert diff_plan([slot], {slot.key: ("c", slot.at)}, {slot.key: "c"}, now=slot.at + 9 * hour) == {slot.key: "leave"}


# Everything at once

POSTS = st.lists(
    st.tuples(
        st.one_of(
            st.builds("D{:+d} {:02d}:{:02d}".format, st.integers(-20, 20), st.integers(0, 23), st.integers(0, 59)),
            st.builds(
                "2026-{:02d}-{:02d} {:02d}:00".format, st.integers(1, 12), st.integers(1, 28), st.integers(0, 23)
            ),
        ),
        st.sampled_from(["facebook:*", "radio", "radio:radio-an", "facebook:facebook-xa-an"]),
        st.sampled_from(["clip", "infographic", "radio"]),
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(
    posts=POSTS,
    day=st.sampled_from(["chuyen-doi-so", "tet-nguyen-dan", "quoc-khanh", "tet-duong-lich"]),
    until=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    accounts=st.permutations(ALL),
)
def test_whatever_is_planned_keeps_the_rules(
    posts: list[tuple[str, str, str]], day: str, until: date | None, accounts: list[AccountRef]
) -> None:
    own = replace(campaign(*posts, day=day), valid_until=until)
    other = campaign(("D0 08:00", "facebook:*", "clip"), slug="khac")
    planned = plan_year([own], calendar(tuple(accounts)), 2026)
    assert plan_year([other, own], calendar(), 2026).slots == tuple(
        sorted((*planned.slots, *plan_year([other], calendar(), 2026).slots), key=lambda slot: (slot.at, slot.key))
    )
    if any(problem.level == "error" for problem in planned.problems):
        return
    assert len({slot.key for slot in planned.slots}) == len(planned.slots)
    for slot in planned.slots:
        local = slot.at.astimezone(ZONE)
        assert not is_quiet(local.time(), load_defaults(WORKSPACE))
        assert until is None or local.date() <= until
        assert re.fullmatch(r"[a-z0-9-]+\.2026\.[a-z0-9-]+\.[a-z0-9-]+", slot.key)
        assert slot.at.tzinfo is not None
