"""Several people and offices: two levels, a repeated year, a freeze and the new times after it; real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.test_command import answer, publisher

PEOPLE = """\
unit: tinh-mau
people:
  - {id: lan, name: Lan, roles: [editor]}
  - {id: hoa, name: Hoa, roles: [editor, approver], units: [xa-mau]}
  - {id: minh, name: Minh, roles: [approver, publisher]}
  - {id: giam-doc, name: Giám đốc, roles: [approver]}
"""
CAMPAIGN = """\
---
slug: dien
unit: tinh-mau
plan:
  - {at: "2026-10-10 08:00", to: "facebook:*", send: text, late: send}
---
# Tiết kiệm điện

Năm 2024, tỉnh tiết kiệm được 2,1% điện.
"""
PROVINCE, COMMUNE = (
    "dien.2026.2026-10-10-facebook-text.facebook-tinh-mau",
    ("dien.2026.2026-10-10-facebook-text.facebook-xa-mau"),
)
AT = ("--now", "2026-09-01T08:00")


def new_workspace(tmp_path: Path, campaign: str) -> Path:
    """A workspace with these people and this campaign only."""
    folder = tmp_path / "ws"
    publisher("init", str(folder), cwd=tmp_path)
    for path in (folder / "campaigns").glob("*"):
        path.unlink()
    (folder / "publisher.yaml").write_text(PEOPLE, "utf-8")
    (folder / "campaigns" / "dien.md").write_text(campaign, "utf-8")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = new_workspace(tmp_path, CAMPAIGN)
    unit = folder / "assets/units/xa-mau/unit.yaml"
    unit.write_text(unit.read_text("utf-8") + "approval: {people: [[hoa, minh], [giam-doc]]}\n", "utf-8")
    return folder


def ok(folder: Path, *words: str) -> dict[str, object]:
    done = publisher(*words, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr + done.stdout
    return answer(done)


def states(folder: Path) -> dict[str, tuple[str, str]]:
    listed = answer(publisher("queue", "list", "--json", cwd=folder))["deliveries"]
    assert isinstance(listed, list)
    return {d["id"]: (d["state"], d["due_at"][:16]) for d in listed}


def test_two_offices_from_the_question_to_the_new_time(workspace: Path) -> None:
    ok(workspace, "plan", "--year", "2026", "-o", "plan.json", *AT)
    for stranger, said in (("minh", "role editor"), ("hoa", "does not act for tinh-mau")):
        done = publisher("apply", "plan.json", "--as", stranger, *AT, cwd=workspace)
        assert (done.returncode, said in done.stderr) != (0, False)
        assert said in done.stderr
    ok(workspace, "apply", "plan.json", "--as", "lan", *AT)

    early = publisher("approve", PROVINCE, "--as", "minh", *AT, cwd=workspace)
    assert "have the facts changed" in early.stderr
    asked = ok(workspace, "facts", "list")["asked"]
    assert [one["why"] for one in asked] == ["newest:2024"] * 2  # type: ignore[attr-defined]
    ok(workspace, "facts", "hold", "--campaign", "dien", "--as", "lan", "--note", "đã hỏi", *AT)

    first = ok(workspace, "approve", "--all", "--as", "minh", *AT)
    assert (first["queued"], first["pending"]) == ([PROVINCE], [COMMUNE])
    again = publisher("approve", COMMUNE, "--as", "hoa", *AT, cwd=workspace)
    assert "level 2 of `xa-mau` is signed by others" in again.stderr
    assert ok(workspace, "approve", "--all", "--as", "giam-doc", *AT)["queued"] == [COMMUNE]

    wide = publisher("freeze", "--reason", "Lũ", "--as", "minh", "--unit", "xa-la", *AT, cwd=workspace)
    assert wide.returncode == 2
    ok(workspace, "freeze", "--reason", "Quốc tang", "--as", "minh", "--unit", "tinh-mau", "--now", "2026-10-09T07:00")
    secrets = workspace / "secrets"
    secrets.mkdir()
    for name in ("FB_TINH_MAU_TOKEN", "FB_XA_MAU_TOKEN", "FB_APP_SECRET"):
        (secrets / name).write_text("x", "utf-8")
    nowhere = {"PUBLISHER_SANDBOX": "http://127.0.0.1:9", "PUBLISHER_SECRETS": str(secrets)}
    publisher("run", "--until-idle", "--now", "2026-10-10T09:00", cwd=workspace, **nowhere)
    assert {state for state, _ in states(workspace).values()} == {"held"}
    over = ok(workspace, "unfreeze", "--as", "minh", "--now", "2026-10-12T10:00")
    assert sorted(over["past"]) == sorted([PROVINCE, COMMUNE])  # type: ignore[call-overload]

    ok(workspace, "replan", "--as", "lan", "--now", "2026-10-12T10:00")
    assert states(workspace) == {
        PROVINCE: ("in_review", "2026-10-13T01:00"),
        COMMUNE: ("in_review", "2026-10-13T01:01"),
    }
    plan = ok(workspace, "plan", "--year", "2026", "--now", "2026-10-12T10:05")["slots"]
    assert {slot["change"] for slot in plan} == {"leave"}, "planning again does not undo a new time"  # type: ignore[attr-defined]
    assert publisher("audit", "verify", cwd=workspace).returncode == 0


def test_an_office_added_below_a_frozen_one_is_held_too(workspace: Path) -> None:
    ok(workspace, "freeze", "--reason", "Bão", "--as", "minh", "--unit", "tinh-mau", *AT)
    unit = workspace / "assets/units/xa-moi/unit.yaml"
    unit.parent.mkdir()
    unit.write_text("name: Xã Mới\nparent: tinh-mau\n", "utf-8")
    said = publisher("queue", "list", "--lang", "en", *AT, cwd=workspace).stderr
    assert "now covers xa-moi" in said
    assert "now covers" not in publisher("queue", "list", "--lang", "en", *AT, cwd=workspace).stderr


def test_the_next_year_asks_again_and_an_edit_asks_once_more(workspace: Path) -> None:
    text = CAMPAIGN.replace("Năm 2024, tỉnh", "Tỉnh").replace('"2026-10-10 08:00"', "D0 08:00")
    path = workspace / "campaigns" / "dien.md"
    path.write_text(text.replace("unit: tinh-mau", "unit: tinh-mau\nkey_day: chuyen-doi-so"), "utf-8")
    for year in ("2026", "2027"):
        at = ("--now", f"{year}-09-01T08:00")
        ok(workspace, "plan", "--year", year, "-o", "plan.json", *at)
        ok(workspace, "apply", "plan.json", "--as", "lan", *at)
    asked = ok(workspace, "facts", "list")["asked"]
    assert {(one["why"], one["id"].split(".")[1]) for one in asked} == {("again", "2027")}  # type: ignore[attr-defined]
