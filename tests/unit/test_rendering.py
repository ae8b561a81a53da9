"""What did not change is not drawn again, and what an account gets is complete."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.channels.registry import limits_of, load_accounts
from publisher.content.model import Campaign
from publisher.engine import rendering
from publisher.errors import UsageError
from publisher.files import write_text
from publisher.queue.compose import ComposeError, Piece, compose_post
from publisher.render.base import Artifact, RenderJob, Size
from publisher.units import load_unit
from publisher.workspace import Workspace, load_workspace

ROOT = Path(__file__).parents[2]
CAMPAIGN = Campaign("campaigns/mau.md", "Tiêu đề", "Tóm tắt.", "mau", (), unit="tinh-mau", author="Lan")


class Counting:
    """A renderer that counts how often it is asked, and makes as many pages as it is told."""

    KIND = "infographic"
    FORMATS: Mapping[str, Size] = {"feed": Size(10, 10)}
    OPTIONS = ("kicker",)
    TEMPLATES = ("infographic",)

    def __init__(self) -> None:
        self.calls, self.pages = 0, 2

    def render(self, job: RenderJob) -> list[Artifact]:
        self.calls += 1
        found = []
        for page in range(1, self.pages + 1):
            path = job.folder / f"trang-{page}.png"
            write_text(path, f"{job.campaign.title} {page} {job.unit.id}")
            found.append(
                Artifact("infographic", "feed", "image", job.unit.id, "mau", path, rendering.hash_file(path),
                         path.stat().st_size, "image/png", 10, 10, page=page, pages=self.pages, alt=f"Trang {page}")
            )  # fmt: skip
        return found


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    renderer = Counting()
    monkeypatch.setattr(rendering, "list_renderers", lambda: {"infographic": renderer})
    return renderer


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return replace(load_workspace(ROOT), state_folder=tmp_path / "var")


def render(campaign: Campaign, workspace: Workspace, out: Path) -> rendering.Rendering:
    unit = load_unit(workspace, "tinh-mau")
    return rendering.render_campaign(campaign, unit, workspace=workspace, out=out, only=("infographic",))


def test_unchanged_is_not_drawn_again(counting: Counting, workspace: Workspace, tmp_path: Path) -> None:
    first = render(CAMPAIGN, workspace, tmp_path / "out")
    second = render(CAMPAIGN, workspace, tmp_path / "out")
    assert (counting.calls, first.drawn, second.drawn, second.reused) == (1, 1, 0, 1)
    assert first.artifacts == second.artifacts


def test_a_changed_word_is_drawn(counting: Counting, workspace: Workspace, tmp_path: Path) -> None:
    render(CAMPAIGN, workspace, tmp_path / "out")
    render(replace(CAMPAIGN, title="Khác"), workspace, tmp_path / "out")
    assert counting.calls == 2


def own_templates(workspace: Workspace, tmp_path: Path, *names: str) -> Workspace:
    """The workspace with copies of these folders of templates and nothing else in `templates/`."""
    for name in names:
        shutil.copytree(workspace.templates / name, tmp_path / "top" / "templates" / name)
    for name in ("assets", "campaigns"):
        (tmp_path / "top" / name).symlink_to(workspace.root / name)
    return replace(workspace, root=tmp_path / "top")


@pytest.mark.parametrize(("changed", "calls"), [("captions/facebook.txt.j2", 1), ("infographic/parts.typ", 2)])
def test_only_a_change_of_its_own_templates_draws_an_output_again(
    changed: str, calls: int, counting: Counting, workspace: Workspace, tmp_path: Path
) -> None:
    own = own_templates(workspace, tmp_path, "captions", "infographic", "default")
    render(CAMPAIGN, own, tmp_path / "out")
    path = own.templates / changed
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    render(CAMPAIGN, own, tmp_path / "out")
    assert counting.calls == calls


@pytest.mark.parametrize("kind", sorted(rendering.list_renderers()))
def test_an_output_is_drawn_with_nothing_but_the_templates_it_names(
    kind: str, workspace: Workspace, tmp_path: Path
) -> None:
    """What it reads beside them would change its bytes without being seen by the cache."""
    own = own_templates(workspace, tmp_path, "default", *rendering.list_renderers()[kind].TEMPLATES)
    rendered = rendering.render_campaign(
        CAMPAIGN, load_unit(own, "tinh-mau"), workspace=own, out=tmp_path / "out", only=(kind,)
    )
    assert rendered.drawn == 1


def test_a_file_that_was_touched_is_put_right_from_the_cache(
    counting: Counting, workspace: Workspace, tmp_path: Path
) -> None:
    first = render(CAMPAIGN, workspace, tmp_path / "out")
    first.artifacts[0].path.write_text("sửa tay")
    first.artifacts[1].path.unlink()
    second = render(CAMPAIGN, workspace, tmp_path / "out")
    assert counting.calls == 1
    assert all(rendering.hash_file(a.path) == a.sha256 for a in second.artifacts)


def test_a_damaged_cache_is_drawn_anew(counting: Counting, workspace: Workspace, tmp_path: Path) -> None:
    first = render(CAMPAIGN, workspace, tmp_path / "out")
    for kept in (workspace.cache / "artifacts").rglob("*"):
        if kept.is_file():
            kept.write_text("hỏng")
    first.artifacts[0].path.unlink()
    render(CAMPAIGN, workspace, tmp_path / "out")
    assert counting.calls == 2


def test_a_page_that_is_no_longer_needed_goes(counting: Counting, workspace: Workspace, tmp_path: Path) -> None:
    render(CAMPAIGN, workspace, tmp_path / "out")
    counting.pages = 1
    render(replace(CAMPAIGN, title="Ngắn"), workspace, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.png")) == ["trang-1.png"]


def test_an_unknown_output_is_refused_with_what_there_is(counting: Counting) -> None:
    with pytest.raises(UsageError, match=r"--only: found `poser`; outputs are: infographic\."):
        rendering.choose_kinds(CAMPAIGN, ("poser",))


# ---- from artifacts to posts -------------------------------------------------------------------------------------

ACCOUNTS = {account.name: account for account in load_accounts(load_workspace(ROOT))}
DUE = datetime(2026, 10, 10, 1, tzinfo=UTC)


def piece_for(account: str, output: str) -> Piece:
    found = ACCOUNTS[account]
    unit = load_unit(load_workspace(ROOT), "tinh-mau")
    return Piece("mau.2026.x", CAMPAIGN, unit, found, limits_of(found), output, "", DUE)


def page(folder: Path, number: int) -> Artifact:
    path = folder / f"trang-{number}.png"
    path.write_bytes(b"png" * number)
    return Artifact("infographic", "feed", "image", "tinh-mau", "mau", path, rendering.hash_file(path),
                    path.stat().st_size, "image/png", page=number, pages=2, alt=f"Trang {number}")  # fmt: skip


def compose(piece: Piece, artifacts: list[Artifact]) -> object:
    return compose_post(piece, artifacts, workspace=load_workspace(ROOT), fit_image=lambda path, most, png: path)


def test_pages_go_out_in_order_with_their_alt_texts(tmp_path: Path) -> None:
    post = compose(piece_for("facebook-tinh-mau", "infographic"), [page(tmp_path, 2), page(tmp_path, 1)])
    assert post.shape == "photos"  # type: ignore[attr-defined]
    assert [m.alt for m in post.media] == ["Trang 1", "Trang 2"]  # type: ignore[attr-defined]


def test_a_single_page_is_one_picture(tmp_path: Path) -> None:
    assert compose(piece_for("facebook-tinh-mau", "infographic"), [page(tmp_path, 1)]).shape == "photo"  # type: ignore[attr-defined]


def test_an_account_that_cannot_carry_an_output_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ComposeError, match=r"campaigns/mau.md: radio-tinh-mau \(radio\) cannot carry `infographic`; it takes script"
    ):
        compose(piece_for("radio-tinh-mau", "infographic"), [page(tmp_path, 1)])


def test_a_script_with_digits_left_is_not_composed(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"problems": [{"level": "error", "message": "“còn 5 việc” cannot be read aloud"}]}')
    script = Artifact("radio", "", "json", "tinh-mau", "mau", path, rendering.hash_file(path), 1, "application/json")
    with pytest.raises(ComposeError, match="cannot be read aloud"):
        compose(piece_for("radio-tinh-mau", "radio"), [script])
