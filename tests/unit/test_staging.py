"""What a template sees: copies of its own files, and nothing else; the same folder while the files are the same."""

from __future__ import annotations

from pathlib import Path

from publisher.render import staging
from publisher.render.staging import staged


def theme(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "theme.typ").write_text("#let a = 1", "utf-8")
    (folder / "notes.txt").write_text("not a template", "utf-8")
    (tmp_path / "secret.typ").write_text("secret", "utf-8")
    (folder / "link.typ").symlink_to(tmp_path / "secret.typ")
    return folder


def test_only_templates_and_pictures_are_copied_and_no_link_is_followed(tmp_path: Path) -> None:
    with staged({"theme": theme(tmp_path)}, {"../mark.png": b"x"}) as root:
        found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert found == {"theme/theme.typ", "pictures/mark.png"}


def test_a_changed_file_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    folder = theme(tmp_path)
    with staged({"theme": folder}, {}) as first:
        pass
    with staged({"theme": folder}, {}) as again:
        assert again == first
        (folder / "theme.typ").write_text("#let a = 2", "utf-8")
        with staged({"theme": folder}, {}) as changed:
            assert (changed / "theme/theme.typ").read_text("utf-8") == "#let a = 2"
            assert (again / "theme/theme.typ").read_text("utf-8") == "#let a = 1"


def test_a_folder_in_use_stays_and_those_used_long_ago_go(tmp_path: Path) -> None:
    with staged({"theme": theme(tmp_path)}, {}) as first:
        roots = []
        for number in range(staging.KEPT + 3):
            with staged({}, {"picture.png": bytes([number])}) as root:
                roots.append(root)
        assert (first / "theme/theme.typ").exists()
    assert [root.exists() for root in roots[-2:]] == [True, True]
    assert not roots[0].exists()


def test_two_users_at_once_have_a_folder_each_and_the_next_one_takes_over_the_last(tmp_path: Path) -> None:
    """Each writes its own data into it."""
    folder = theme(tmp_path)
    with staged({"theme": folder}, {}) as one, staged({"theme": folder}, {}) as other:
        assert one != other
    with staged({"theme": folder}, {}) as again:
        assert again in (one, other)
