"""The designer's drafts: what model-written names and texts can do to the disk."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pokerl.design.workspace import Workspace
from pokerl.errors import InterfaceProblem, PokerlError, UsageProblem
from pokerl.play.interface import MAXIMUM_BYTES


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "run").mkdir()
    return Workspace(tmp_path / "run")


def everything_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_what_is_written_is_read(workspace):
    workspace.write("v1", "tools.py", "x = 1\n")
    workspace.write("v1", "tools/maps/one.json", "{}")
    assert workspace.read("v1", "tools.py") == "x = 1\n"
    assert workspace.files("v1") == ["tools.py", "tools/maps/one.json"]


OUTSIDE = [
    "../tools.py", "/etc/tools.py", "a/../../tools.py", "..", ".", "", "a/./../b.py", "~/tools.py",
    "a\0.py", "x" * 81 + ".py",
    "a/b/c/d/e.py", "tools.sh", "tools", ".hidden.py", "tools.py\n",
    "a\n/b.py", "a b.py", "ä.py", "tools.pyc",
]  # fmt: skip


@pytest.mark.parametrize("file", OUTSIDE)
def test_a_file_that_is_none_of_an_interface_is_refused(workspace, tmp_path, file):
    for act in (lambda: workspace.write("v1", file, "x"), lambda: workspace.read("v1", file)):
        with pytest.raises(UsageProblem):
            act()
    assert everything_below(tmp_path) == {"run", "run/workspace"}


@pytest.mark.parametrize("version", ["..", ".", "", "a/b", "/tmp", "v1\0", "v1\n", "-v", "x" * 41, "../run", "ä"])
def test_a_version_that_is_no_name_is_refused(workspace, tmp_path, version):
    workspace.write("v1", "tools.py", "x")
    before = everything_below(tmp_path)
    for act in (
        lambda: workspace.write(version, "tools.py", "x"),
        lambda: workspace.read(version, "tools.py"),
        lambda: workspace.files(version),
        lambda: workspace.copy("v1", version),
        lambda: workspace.copy(version, "v2"),
        lambda: workspace.folder(version),
    ):
        with pytest.raises(UsageProblem, match="cannot be the name of a version"):
            act()
    assert everything_below(tmp_path) == before


@given(version=st.text(max_size=50), file=st.text(max_size=100), text=st.text())
@example(version="v1", file="tools.py", text="\ud800")
@example(version="v1", file="tools.py\x00", text="")
@example(version="v1", file="\ud800.py", text="")
def test_nothing_is_ever_written_outside(tmp_path_factory, version, file, text):
    base = tmp_path_factory.mktemp("any")
    (base / "run").mkdir()
    workspace = Workspace(base / "run")
    with contextlib.suppress(PokerlError):
        workspace.write(version, file, text)
    assert all(path == "run" or path.startswith("run/workspace") for path in everything_below(base))


def test_a_huge_text_is_refused_and_the_old_one_stays(workspace):
    workspace.write("v1", "tools.py", "old")
    with pytest.raises(UsageProblem, match="2000001 bytes"):
        workspace.write("v1", "tools.py", "x" * (MAXIMUM_BYTES + 1))
    assert workspace.read("v1", "tools.py") == "old"


def test_a_file_in_place_of_a_folder_is_told_without_the_hosts_paths(workspace, tmp_path):
    workspace.write("v1", "a.py", "x")
    workspace.write("v1", "b.py/c.py", "x")
    for file in ("a.py/b.py", "b.py"):
        with pytest.raises(UsageProblem, match="cannot be written") as problem:
            workspace.write("v1", file, "x")
        assert str(tmp_path) not in str(problem.value)
    assert workspace.files("v1") == ["a.py", "b.py/c.py"]


def test_a_copy_is_independent_and_never_replaces(workspace):
    workspace.write("v1", "tools.py", "one")
    workspace.copy("v1", "v2")
    workspace.write("v2", "tools.py", "two")
    assert workspace.read("v1", "tools.py") == "one"
    with pytest.raises(UsageProblem, match="exists already"):
        workspace.copy("v1", "v2")
    assert workspace.read("v2", "tools.py") == "two"


def test_versions_come_in_natural_order(workspace):
    for name in ("v10", "v2", "v1", "v2b", "alpha", "v2.10", "v2.9"):
        workspace.write(name, "player.md", "")
    assert workspace.versions() == ["alpha", "v1", "v2", "v2.9", "v2.10", "v2b", "v10"]


def test_what_is_not_there_is_told_with_what_is(workspace):
    with pytest.raises(InterfaceProblem, match=r"There is no version 'v1'\. There are none yet\."):
        workspace.files("v1")
    workspace.write("v1", "player.md", "")
    with pytest.raises(UsageProblem, match=r"has no file 'tools\.py'\. It has player\.md\."):
        workspace.read("v1", "tools.py")
    with pytest.raises(InterfaceProblem, match="There are v1"):
        workspace.copy("v3", "v4")


def test_writing_cannot_fill_the_disk(workspace, monkeypatch):
    monkeypatch.setattr("pokerl.design.workspace.MAXIMUM_VERSIONS", 2)
    monkeypatch.setattr("pokerl.design.workspace.MAXIMUM_FILES", 3)
    workspace.write("v1", "a.txt", "x" * 1_500_000)
    with pytest.raises(UsageProblem, match="would have 2 files of 2500000 bytes"):
        workspace.write("v1", "b.txt", "x" * 1_000_000)
    workspace.write("v1", "a.txt", "x" * 1_600_000)
    for name in ("c.txt", "d.txt"):
        workspace.write("v1", name, "")
    with pytest.raises(UsageProblem, match="within 3 files"):
        workspace.write("v1", "e.txt", "")
    workspace.copy("v1", "v2")
    for begin in (lambda: workspace.write("v3", "a.txt", ""), lambda: workspace.copy("v1", "v3")):
        with pytest.raises(UsageProblem, match="There are 2 versions already"):
            begin()
