"""One project with Python dependencies and signed modules: one lock, and every command over both."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.index_server import IndexServer, serving
from tests.support.module_project import NOW, ModuleProject, module_project
from tests.support.packages import read_releases
from tests.support.signing_keys import public

RELEASES = """
flask 3.0.0
    werkzeug>=3
werkzeug 3.0.1
click 8.1.7
"""
MANIFEST = """\
[project]
name = "web"
version = "1"
requires-python = ">=3.11"
dependencies = ["flask"]
"""
TARGETS = """\
[targets]
python = ["3.11"]
platforms = ["linux-x86_64"]
"""


class Mixed:
    """A project whose modules come from `world.server` and whose packages from `index`."""

    def __init__(self, world: ModuleProject, index: IndexServer) -> None:
        self.world = world
        self.index = index
        self.registry = world.registry
        (world.folder / "pyproject.toml").write_text(MANIFEST, encoding="utf-8")
        world.environment = {"PIP_INDEX_URL": index.url}
        world.configure({"@acme/guards": "^2"}, TARGETS)

    @property
    def manifest(self) -> Path:
        return self.world.folder / "pyproject.toml"

    @property
    def versions(self) -> dict[str, str]:
        """The version of every pin."""
        return {pin.name: pin.version for pin in self.world.lock.packages}

    @property
    def text(self) -> str:
        return self.world.lock_file.read_text(encoding="utf-8")

    def publish_newer(self) -> None:
        """Newer releases of everything."""
        self.registry.publish("@acme/base", "1.3.0", now=NOW)
        self.registry.publish("@acme/guards", "2.2.0", dependencies={"@acme/base": "^1.2"}, now=NOW)
        self.index.add(*read_releases("flask 3.1.0\n    werkzeug>=3\nwerkzeug 3.1.0"))


OLD = {"flask": "3.0.0", "werkzeug": "3.0.1", "@acme/guards": "2.1.0", "@acme/base": "1.2.0"}
NEW = {"flask": "3.1.0", "werkzeug": "3.1.0", "@acme/guards": "2.2.0", "@acme/base": "1.3.0"}


@contextlib.contextmanager
def _mixed(folder: Path) -> Iterator[Mixed]:
    with module_project(folder, locked=False) as world, serving(read_releases(RELEASES)) as index:
        yield Mixed(world, index)


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[Mixed]:
    """A project with Python dependencies and modules, not locked yet."""
    with _mixed(tmp_path) as project:
        yield project


@pytest.fixture
def locked(mixed: Mixed) -> Mixed:
    """The same, locked."""
    mixed.world.must("lock")
    return mixed


def test_one_lock_has_packages_and_modules(locked: Mixed) -> None:
    """Packages and modules stand in one lock: signers on the modules, `signers = []` on what has none."""
    assert locked.versions == OLD
    signers = {pin.name: pin.signers for pin in locked.world.lock.packages}
    acme = (public("acme").id,)
    assert signers == {"flask": (), "werkzeug": (), "@acme/guards": acme, "@acme/base": acme}
    assert locked.text.count("signers = []") == 2
    assert [one.path for one in locked.world.lock.inputs] == ["holdfast.toml", "pyproject.toml"]
    done = locked.world.run("check")
    assert (done.code, done.out) == (0, "holdfast.lock holds: 2 packages for 1 target and 2 modules\n")
    assert locked.world.run("install").code == 0
    done = locked.world.run("verify")
    assert done.code == 0, done
    assert "verified 4 artifacts of 4 packages" in done.out
    tree = locked.world.must("tree", "--signers").out
    assert "flask 3.0.0\n" in tree
    assert tree.count("unsigned") == 1  # said once, at the end
    assert "@acme/base 1.2.0  [registry-verified, by acme" in tree


def test_locking_again_changes_no_byte(locked: Mixed) -> None:
    """The same state gives the same bytes, also on a machine that has seen nothing, and newer releases move nothing."""
    text = locked.text
    assert "up to date" in locked.world.must("lock").out
    locked.publish_newer()
    locked.world.forget()
    assert "up to date" in locked.world.must("lock").out
    assert locked.text == text


def test_the_order_of_answers_changes_no_byte(tmp_path: Path) -> None:
    """Whatever answer comes first, the lock has the same bytes."""
    texts = set()
    for seed in range(4):
        with _mixed(tmp_path / str(seed)) as project:
            project.publish_newer()
            project.world.server.seed, project.world.server.delay = seed, 0.03
            project.index.habits = project.index.habits._replace(seed=seed, delay=0.03)
            project.world.must("lock")
            assert project.versions == NEW
            # Index documents have the times of publishing, which are the same here: only the source's address differs.
            texts.add(project.text)
    assert len(texts) == 1


def test_offline_after_a_warm_run_gives_the_same_lock(locked: Mixed) -> None:
    """What was read before is verified again and is enough; a machine that read nothing says what it lacks."""
    text = locked.text
    locked.world.lock_file.unlink()
    requests = len(locked.world.server.asked)
    locked.world.must("lock", "--offline")
    assert locked.text == text
    assert len(locked.world.server.asked) == requests
    locked.world.forget()
    done = locked.world.run("lock", "--offline")
    assert done.code == 3, done
    assert "offline" in done.err


def test_a_dry_run_writes_nothing(mixed: Mixed) -> None:
    """Neither the lock nor the state of the registry that is to be committed, and it says what it would do."""
    before = mixed.world.files()
    done = mixed.world.must("lock", "--dry-run")
    assert "would be written: 2 packages for 1 target and 2 modules" in done.out
    assert mixed.world.files() == before
    mixed.world.must("lock")
    mixed.publish_newer()
    before = mixed.world.files()
    done = mixed.world.must("update", "--dry-run")
    assert "@acme/guards 2.1.0 -> 2.2.0" in done.out
    done = mixed.world.must("add", "@acme/base@^1", "click", "--dry-run")
    assert "would be edited" in done.out
    assert mixed.world.files() == before


@pytest.mark.parametrize(
    ("names", "moved"),
    [
        (["@acme/base"], {"@acme/base"}),
        (["@acme/guards"], {"@acme/guards"}),
        (["flask"], {"flask"}),
        (["flask", "@acme/base"], {"flask", "@acme/base"}),
        ([], set(NEW)),
    ],
    ids=["a dependency", "a wish", "a package", "both", "all"],
)
def test_update_moves_what_it_names(locked: Mixed, names: list[str], moved: set[str]) -> None:
    """Named modules and packages move, all without names; nothing else does."""
    locked.publish_newer()
    locked.world.must("update", *names, "--refresh")
    assert locked.versions == {name: (NEW if name in moved else OLD)[name] for name in OLD}


def test_a_yanked_release_is_kept_and_never_chosen_anew(locked: Mixed) -> None:
    """A locked release that was yanked stays, with a word about it; freed, or new to a lock, it is no choice."""
    locked.publish_newer()
    locked.world.must("update")
    locked.registry.yank("@acme/base", "1.3.0", "loops for ever", now=NOW)
    done = locked.world.told("lock")
    assert done.code == 0
    assert [one["found"] for one in done.findings if one["code"] == "pin-yanked"] == ["loops for ever"]
    assert locked.versions["@acme/base"] == "1.3.0"
    locked.world.forget()
    locked.world.must("lock")
    assert locked.versions["@acme/base"] == "1.3.0"
    assert locked.world.run("install").code == 0
    locked.world.must("update", "@acme/base")
    assert locked.versions["@acme/base"] == "1.2.0"
    locked.world.lock_file.unlink()
    locked.world.must("lock")
    assert locked.versions["@acme/base"] == "1.2.0"


def test_adding_and_removing_modules_edits_the_configuration(locked: Mixed) -> None:
    """`add` and `remove` take packages and modules together; a removed module takes what only it needed along."""
    locked.registry.publish("@umbrella/skill", "0.3.1", keys=("umbrella",), now=NOW)
    done = locked.world.must("add", "@umbrella/skill@^0.3", "click")
    assert "holdfast.toml edited" in done.out
    assert "pyproject.toml edited" in done.out
    assert locked.versions == {**OLD, "click": "8.1.7", "@umbrella/skill": "0.3.1"}
    assert '"@umbrella/skill" = "^0.3"' in locked.world.configuration.read_text(encoding="utf-8")
    locked.world.must("remove", "@acme/guards")
    assert locked.versions == {"flask": "3.0.0", "werkzeug": "3.0.1", "click": "8.1.7", "@umbrella/skill": "0.3.1"}
    assert locked.world.run("check").code == 0
    done = locked.world.run("add", "@acme/absent@^1")
    assert done.code == 4, done
    assert "@acme/absent" in done.out + done.err
    assert "@acme/absent" not in locked.world.configuration.read_text(encoding="utf-8")


def test_what_has_no_solution_is_explained(locked: Mixed) -> None:
    """Exit 4 with numbered sentences that name the wish and its line, and a change that helps; nothing is written."""
    locked.world.configure({"@acme/guards": "^2", "@acme/base": "^9"}, TARGETS)
    before = locked.world.files()
    done = locked.world.run("lock")
    assert done.code == 4
    said = (done.out + done.err).splitlines()
    assert said[0] == "no solution for the modules:"
    assert "  1. holdfast.toml:3 asks for @acme/base ^9" in said
    assert any(line.startswith("this change makes it solvable") for line in said), said
    assert locked.world.files() == before


def test_check_finds_what_changed_in_either_file(locked: Mixed) -> None:
    """An edited wish for a module and one for a package are two findings, each at its line."""
    locked.world.configure({"@acme/guards": "^2.1"}, TARGETS)
    locked.manifest.write_text(MANIFEST.replace('"flask"', '"flask>=3"'), encoding="utf-8")
    done = locked.world.told("check")
    assert done.code == 1
    assert set(done.codes) == {"manifest-changed"}
    assert {(one["place"]["path"], one["subject"]) for one in done.findings} >= {
        ("holdfast.toml", "acme:@acme/guards ^2.1"),
        ("pyproject.toml", "pypi:flask>=3"),
    }


def test_a_lock_in_conflict_is_mended_by_locking(locked: Mixed) -> None:
    """Two branches moved a module and a package; what both still agree on stays, and the rest is chosen among them."""
    locked.publish_newer()
    base = locked.text
    locked.world.must("update", "@acme/guards")
    ours = locked.text
    locked.world.lock_file.write_text(base, encoding="utf-8")
    locked.registry.publish("@acme/guards", "2.3.0", dependencies={"@acme/base": "^1.2"}, now=NOW)
    locked.world.must("update", "@acme/guards")
    theirs = locked.text
    place = locked.world.folder.parent
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        (place / name).write_text(text, encoding="utf-8")
    command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    merged = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False).stdout
    assert "<<<<<<<" in merged
    locked.world.lock_file.write_text(merged, encoding="utf-8")
    assert locked.world.run("check").code == 2
    done = locked.world.told("lock")
    assert done.code == 0, done
    assert "locks-merged" in done.codes
    assert locked.versions == {**OLD, "@acme/guards": "2.3.0"}
    assert locked.world.run("check").code == 0


def test_diff_tells_of_modules_and_packages(locked: Mixed) -> None:
    """What moved since a revision, modules and packages alike."""
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *words]
        subprocess.run(command, cwd=locked.world.folder, check=True, capture_output=True)
    locked.publish_newer()
    locked.world.must("update", "--refresh")
    said = locked.world.must("diff").out
    for name, version in OLD.items():
        assert f"{name} {version} -> {NEW[name]}" in said


def test_an_export_leaves_modules_out_and_says_so(locked: Mixed) -> None:
    """Other tools' formats have no place for modules."""
    for form in ("requirements", "pylock"):
        done = locked.world.must("export", form)
        assert "flask" in done.out
        assert "@acme" not in done.out
        assert "note: 2 modules left out" in done.err


def test_policy_may_ask_for_signatures_of_modules_only(locked: Mixed) -> None:
    """A pattern names what must be signed: modules of a source are, and a package that is not signed is refused."""
    locked.world.configure({"@acme/guards": "^2"}, TARGETS, '[policy]\nrequire-signatures = ["acme:*"]\n')
    assert locked.world.run("check").code == 0
    locked.world.configure({"@acme/guards": "^2"}, TARGETS, '[policy]\nrequire-signatures = ["acme:*", "pypi:*"]\n')
    done = locked.world.told("check")
    assert done.code == 1
    assert [one["subject"] for one in done.findings] == ["flask 3.0.0", "werkzeug 3.0.1"]
    assert set(done.codes) == {"signature-missing"}


def test_privileged_modules_need_trust_and_a_listing(locked: Mixed) -> None:
    """Without a trusted key none locks; with one it does, with a warning until it is listed."""
    locked.registry.publish("@acme/power", "1.0.0", privileged=True, now=NOW)
    trust = f'[[trust]]\nkey = "{public("acme").text}"\nnames = ["@acme/*"]\n'
    locked.world.configure({"@acme/power": "^1"}, TARGETS)
    assert locked.world.told("lock").codes == ["privileged-untrusted"]
    locked.world.configure({"@acme/power": "^1"}, TARGETS, trust)
    locked.world.must("lock")
    done = locked.world.told("check")
    assert (done.code, done.codes) == (0, ["privileged-unlisted"])
    locked.world.configure({"@acme/power": "^1"}, TARGETS, trust, '[policy]\nprivileged = ["@acme/power"]\n')
    done = locked.world.told("check")
    assert (done.code, done.codes) == (0, [])
    assert "[trusted, by acme" in locked.world.must("tree", "--signers").out
