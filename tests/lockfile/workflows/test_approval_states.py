"""Which files are acts, when approvals are in force, and what the folder of a project says of itself."""

from pathlib import Path

import pytest

from holdfast.cli.project import ProjectFolder
from holdfast.configuration.configuration import Configuration
from holdfast.errors import FileProblem
from holdfast.workflows.approval_state import Base, Folder, in_force, is_act, read_states
from tests.support.approvals import (
    approval,
    approver,
    baseline,
    change,
    make_lock,
    make_pin,
    security,
    security_change,
    signed,
    trail,
)

LOCK = make_lock(make_pin("left"))
RULES = security("alice")
SILENT = Configuration()
NAMED = Configuration(approvers=(approver("alice"),))


@pytest.mark.parametrize(
    ("name", "act"),
    [
        (f"{'0' * 64}.json", True),
        (f"{'f' * 64}.json", True),
        (f"{'F' * 64}.json", False),
        (f"{'0' * 63}.json", False),
        (f"{'0' * 65}.json", False),
        (f"{'g' * 64}.json", False),
        ("0" * 64, False),
        (f"{'0' * 64}.JSON", False),
        (f"{'٣' * 64}.json", False),
        (f"deep/{'0' * 64}.json", False),
        (".json", False),
    ],
)
def test_what_a_file_of_an_act_is_called(name: str, act: bool) -> None:
    """64 lower-case hexadecimal digits of ASCII, and `.json`."""
    assert is_act(name) is act


@pytest.mark.parametrize(
    ("configuration", "folder", "force"),
    [
        (SILENT, {}, False),
        (SILENT, {".gitattributes": b"", "README.md": b""}, False),
        (SILENT, {"x": b""}, True),
        (SILENT, {"x": None}, True),
        (NAMED, {}, True),
    ],
)
def test_when_approvals_are_in_force(configuration: Configuration, folder: Folder, force: bool) -> None:
    """An approver, or anything in the folder that may be an approval."""
    assert in_force(configuration, folder) is force


def test_what_is_no_act_is_broken() -> None:
    """Files and links that should not be there are named; those that may lie beside are not; acts are read."""
    files = trail(signed(baseline(LOCK, RULES), "alice"))
    folder = {**files, "README.md": b"", "x": b"", "y.json": None, ".gitattributes": None}
    head, base = read_states(LOCK, SILENT, folder, None, lambda _: RULES)
    assert base is None
    assert dict(head.raw) == files
    assert [one.digest for one in head.acts.acts] == [name.removesuffix(".json") for name in files]
    assert [tuple(one) for one in head.acts.broken] == [
        (".gitattributes", "not a file"),
        ("x", "an unexpected file"),
        ("y.json", "not a file"),
    ]


def test_keys_of_either_configuration_are_known_in_both() -> None:
    """So an act of the head by somebody whom only the base names is verified, and the other way round."""
    own, other = security("alice"), security("bob")
    configurations = {id(SILENT): own, id(NAMED): other}
    begun = trail(signed(baseline(LOCK, own), "alice"))
    newer = make_lock(make_pin("left", "1.1"))
    acts = trail(signed(approval(own, change("left", LOCK, newer, follows=begun)), "bob", "alice", "carol"))
    files = begun | acts
    base = Base("main", "0" * 40, None, NAMED, begun)
    states = read_states(newer, SILENT, files, base, lambda one: configurations[id(one)])
    (new,) = [one for one in states.head.acts.acts if one.act.kind == "approval"]
    assert len(new.keys) == 2
    assert states.base is not None
    assert states.base.lock.packages == ()
    assert dict(states.base.raw) == begun


def test_both_states_are_what_each_is_alone() -> None:
    """Files that are in both are verified once, which changes nothing, whatever was added, deleted or edited."""
    other = security("alice", "dave")
    newer = make_lock(make_pin("left", "1.1"))
    begun = trail(signed(baseline(LOCK, RULES), "alice"))
    step = trail(signed(approval(RULES, change("left", LOCK, newer, follows=begun)), "alice", "dave"))
    again = trail(signed(approval(RULES, change("left", newer, LOCK, follows=step)), "dave"))
    grown = trail(signed(approval(RULES, security=security_change(RULES, other, begun)), "alice"))
    edited = {name: data + b" " for name, data in step.items()}
    spoiled = {name: data.replace(b'"sig":"', b'"sig":"AAAA') for name, data in step.items()}
    folders = [
        {}, begun, begun | step, begun | step | again, begun | grown, begun | step | grown, step, begun | edited,
        begun | spoiled, begun | again | {f"{'0' * 64}.json": b"{}"},
    ]  # fmt: skip
    seen = set()
    for head in folders:
        for before in folders:
            base = Base("main", "0" * 40, None, SILENT, before)
            states = read_states(LOCK, SILENT, head, base, lambda _: RULES)
            assert states.base is not None
            for state, files in ((states.head, head), (states.base, before)):
                alone = read_states(LOCK, SILENT, files, None, lambda _: RULES).head.acts
                assert state.acts == alone
                seen.update([(len(one.keys), bool(alone.broken)) for one in alone.acts])
    assert seen >= {(0, False), (1, False), (2, False), (1, True)}


def test_line_ends_of_a_checkout_are_no_edit() -> None:
    """With CRLF instead of LF at either side acts are read, and are the same bytes; every other byte counts."""
    files = trail(signed(baseline(LOCK, RULES), "alice"))
    crlf = {name: data.replace(b"\n", b"\r\n") for name, data in files.items()}
    assert crlf != files
    for head, before in ((crlf, files), (files, crlf), (crlf, crlf)):
        states = read_states(LOCK, SILENT, head, Base("main", "0" * 40, None, SILENT, before), lambda _: RULES)
        assert states.base is not None
        assert states.head.raw == states.base.raw == files
        assert states.head.acts.broken == ()
        assert len(states.head.acts.acts) == 1
    for edit in (b" ", b"\r", b"\n"):
        edited = {name: data + edit for name, data in files.items()}
        state = read_states(LOCK, SILENT, edited, Base("main", "0" * 40, None, SILENT, files), lambda _: RULES)
        assert state.base is not None
        assert state.head.raw != state.base.raw


def test_a_folder_says_what_is_no_file(tmp_path: Path) -> None:
    """Bytes of files, None for links and folders, nothing where there is no folder."""
    project = ProjectFolder(str(tmp_path))
    assert project.folder_of("a/b") == {}
    assert not project.has("a")
    folder = tmp_path / "a" / "b"
    (folder / "deep").mkdir(parents=True)
    (folder / "file").write_bytes(b"\r\n")
    (folder / "link").symlink_to(folder / "file")
    assert project.folder_of("a/b") == {"deep": None, "file": b"\r\n", "link": None}
    assert project.folder_of("a/b", ("file", "link", "other")) == {"deep": None, "file": b"", "link": None}
    (tmp_path / "away").symlink_to(folder)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("away", "dangling", "away/deep", "a/b/file"):
        assert project.has(name)
        with pytest.raises(FileProblem, match="it is a"):
            project.folder_of(name)
