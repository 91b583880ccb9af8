"""`install`, `verify --installed` and `verify` of modules on the command line, against a registry on loopback."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from holdfast.installed.revocation_lists import revocations_of
from holdfast.loading import load
from tests.support.index_server import serving
from tests.support.module_projects import ModuleProject, clock, live_registry, serving_folder
from tests.support.packages import read_releases
from tests.support.project import Done
from tests.support.signing_keys import public

GUARDS, BASE = "@acme/guards", "@acme/base"
PYTHON = """
[project]
name = "web"
version = "1"
requires-python = ">=3.11"
dependencies = ["click"]
"""


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is durable is not asked here, and a busy disk makes a test wait for it."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> ModuleProject:
    """A locked project with two modules, as it is copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    registry = live_registry(folder / "registry")
    registry.publish(BASE, "1.2.0", cosign=True, now=clock())
    registry.publish(GUARDS, "2.1.0", dependencies={BASE: "^1.2"}, now=clock())
    with serving_folder(registry.path) as server:
        return ModuleProject(folder, registry, server.url, {GUARDS: "^2.1"}).locked()


@pytest.fixture
def project(template: ModuleProject, tmp_path: Path) -> Iterator[ModuleProject]:
    """A locked project with two modules, nothing installed yet."""
    with serving_folder(template.registry.path) as server:
        yield template.copied(tmp_path, server)


def codes(done: Done) -> list[str]:
    """The codes of the findings of a run in JSON."""
    return [finding["code"] for finding in done.json["findings"]]


def archive_of(project: ModuleProject, name: str, version: str) -> Path:
    """Where the store keeps an archive."""
    value = project.registry.release(name, version).archive.rpartition(":")[2]
    return project.cache / "store" / "sha256" / value[:2] / value


def test_locked_modules_are_unpacked(project: ModuleProject) -> None:
    """The first run unpacks, the second finds everything as locked; nothing is left behind."""
    done = project.run("install")
    assert (done.code, done.out, done.err) == (0, "2 modules in modules/: verified and unpacked\n", "")
    assert (project.modules / GUARDS / "guards" / "strict.md").read_bytes() == b"Refuse.\n"
    done = project.run("install", "--format", "json")
    assert done.json["summary"]["facts"] == {"modules": 2, "changed": 0}
    assert project.run("install").out == "2 modules in modules/: nothing to do, all as locked\n"
    assert project.litter() == []


def test_a_second_run_can_do_without_the_network(project: ModuleProject) -> None:
    """With a warm cache `--offline` installs; with an empty one it says what is missing, and installs nothing."""
    project.installed()
    project.modules.unlink()
    assert project.run("install", "--offline").code == 0
    assert project.run("verify", "--installed").code == 0
    project.modules.unlink()
    shutil.rmtree(project.cache / "store")
    done = project.run("install", "--offline")
    assert done.code == 3
    assert "acme-base-1.2.0.tar" in done.err
    assert not project.modules.is_symlink()


def test_a_damaged_store_is_fetched_anew(project: ModuleProject) -> None:
    """An archive that is not its digest any more is no archive; the registry's is taken."""
    project.installed()
    archive_of(project, GUARDS, "2.1.0").write_bytes(b"other bytes")
    project.modules.unlink()
    project.installed()
    assert project.run("verify", "--installed").code == 0


def test_a_lock_that_moved_on_is_followed(project: ModuleProject) -> None:
    """After an update the new release is what is installed, and before that it is missing."""
    project.installed()
    project.registry.publish(GUARDS, "2.2.0", now=clock())
    assert project.run("update").code == 0
    done = project.run("verify", "--installed", "--format", "json")
    assert (done.code, codes(done)) == (1, ["module-not-installed", "module-modified"])
    assert done.json["findings"][1]["subject"] == BASE
    project.installed()
    assert project.run("verify", "--installed").code == 0
    assert not (project.modules / BASE).exists()
    assert project.litter() == []


def test_without_modules_nothing_is_installed(project: ModuleProject) -> None:
    """When the last module went from the lock, `modules/` goes too; then there is nothing to do."""
    project.installed()
    project.configure({})
    assert project.run("lock").code == 0
    done = project.run("install")
    assert (done.code, done.out) == (0, "modules/ removed: holdfast.lock has no modules any more\n")
    assert not project.modules.is_symlink()
    done = project.run("install")
    assert done.code == 0
    assert "nothing to do" in done.out


def test_a_folder_of_the_users_own_is_left_alone(project: ModuleProject) -> None:
    """Install stops before it fetches anything, names the folder and says what to do."""
    project.modules.mkdir()
    (project.modules / "mine.txt").write_text("mine")
    done = project.run("install")
    assert done.code == 2
    assert "it is a folder that holdfast did not make" in done.err
    assert "hint: move it away, then run `holdfast install`" in done.err
    assert (project.modules / "mine.txt").read_text() == "mine"
    assert not (project.cache / "store").exists()


def test_an_altered_tree_is_told_and_replaced(project: ModuleProject) -> None:
    """One flipped bit, one file more and one mode: each is named, and the next install puts whole modules there."""
    project.installed()
    for path in (project.modules / GUARDS, project.modules / BASE):
        path.resolve().chmod(0o755)
    (project.modules / GUARDS / "README.md").chmod(0o644)
    (project.modules / BASE / "__pycache__").mkdir()
    (project.modules / BASE / "__pycache__" / "x.pyc").write_bytes(b"")
    done = project.run("verify", "--installed")
    assert done.code == 1
    assert "alarm[module-modified]: @acme/base 1.2.0" in done.out
    assert "found: __pycache__/x.pyc added" in done.out
    assert "found: README.md has the mode 0644, not 0444" in done.out
    assert "next: holdfast install" in done.out
    only = project.run("verify", "--installed", GUARDS, "--format", "json")
    assert [finding["subject"] for finding in only.json["findings"]] == ["@acme/guards 2.1.0"]
    project.installed()
    assert project.run("verify", "--installed").code == 0


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_verify_installed_speaks_every_format(project: ModuleProject, form: str) -> None:
    """What is missing is told in each format, with its code."""
    done = project.run("verify", "--installed", "--format", form)
    assert done.code == 1
    assert "module-not-installed" in done.out
    if form != "github":
        json.loads(done.out)


def test_verify_installed_asks_no_registry(project: ModuleProject) -> None:
    """It works where the registry is gone, the cache is empty and the root was removed."""
    project.installed()
    shutil.rmtree(project.cache)
    shutil.rmtree(project.registry.path)
    shutil.rmtree(project.folder / ".holdfast" / "roots")
    done = project.run("verify", "--installed")
    assert (done.code, done.out) == (0, "verified 2 modules in modules/ against the lock\n")


def test_verify_installed_refuses_what_it_cannot_mean(project: ModuleProject) -> None:
    """An unknown name is refused with the nearest, and `--refresh` asks what it never asks."""
    done = project.run("verify", "--installed", "@acme/guard")
    assert done.code == 2
    assert "did you mean one of @acme/guards" in done.err
    assert project.run("verify", "--installed", "--refresh").code == 2


def test_verify_proves_modules_against_the_network(project: ModuleProject) -> None:
    """Signers are verified anew and archives hashed; names choose."""
    size = sum(project.registry.release(*one).size for one in ((BASE, "1.2.0"), (GUARDS, "2.1.0")))
    done = project.run("verify")
    assert (done.code, done.out) == (0, f"verified 2 artifacts of 2 packages, {size / 1000:.1f} kB\n")
    facts = project.run("verify", BASE, "--format", "json").json["summary"]["facts"]
    assert (facts["artifacts"], facts["fetched"], facts["unchecked"]) == (1, 0, 0)


def test_verify_counts_packages_and_modules_together(project: ModuleProject) -> None:
    """One run verifies both; names choose among both; a refused module hides nothing of the packages."""
    (project.folder / "pyproject.toml").write_text(PYTHON)
    project.configure({GUARDS: "^2.1"}, more='[targets]\npython = ["3.11"]\nplatforms = ["linux-x86_64"]')
    with serving(read_releases("click 8.1.8")) as server:
        project.index = server.url
        project.locked().installed()
        done = project.run("verify", "--format", "json")
        assert (done.code, done.json["summary"]["facts"]["packages"], codes(done)) == (0, 3, [])
        assert project.run("verify", "Click", "-q").code == 0
        for names in (("click",), (GUARDS,), ("click", BASE)):
            facts = project.run("verify", *names, "--format", "json").json["summary"]["facts"]
            assert facts["packages"] == len(names)
        revoke_key(project)
        done = project.run("verify", "--format", "json")
        assert (done.code, done.json["summary"]["facts"]["packages"]) == (1, 1)
        assert codes(done) == ["signer-revoked"] * 2
        assert project.run("verify", "click").code == 0
        assert project.run("verify", "--installed").code == 0


def revoke_key(project: ModuleProject) -> None:
    project.registry.revoke(public("acme").id, now=clock())


def revoke_one(project: ModuleProject) -> None:
    project.registry.revoke(project.registry.release(GUARDS, "2.1.0").archive, now=clock())


def another_archive(project: ModuleProject) -> None:
    path = project.registry.archive(GUARDS, "2.1.0")
    data = bytearray(path.read_bytes())
    data[600] ^= 1
    path.unlink()
    path.write_bytes(data)


def no_archive(project: ModuleProject) -> None:
    project.registry.archive(GUARDS, "2.1.0").unlink()


def other_digest(project: ModuleProject) -> None:
    text = project.lock.read_text()
    project.lock.write_text(text.replace(project.registry.release(GUARDS, "2.1.0").archive, "sha256:" + "0" * 64))


def other_tree(project: ModuleProject) -> None:
    text = project.lock.read_text()
    project.lock.write_text(text.replace(project.registry.release(GUARDS, "2.1.0").tree, "sha256:" + "0" * 64))


def other_permissions(project: ModuleProject) -> None:
    text = project.lock.read_text()
    head, name, rest = text.partition(f'name = "{GUARDS}"')
    before, threshold, after = rest.partition("signers = [")
    project.lock.write_text(f'{head}{name}{before}permissions = [\n    "program:git",\n]\n{threshold}{after}')


def other_signer(project: ModuleProject) -> None:
    """The signer named in the lock is another one."""
    project.lock.write_text(project.lock.read_text().replace(public("acme").id, public("mallory").id))


def no_co_signer(project: ModuleProject) -> None:
    """The co-signature that the lock names is taken from the registry's release."""
    co_signer = project.registry.state.publishers().registry[0].key.id
    project.lock.write_text(project.lock.read_text().replace(co_signer, public("mallory").id))


def trust_another(project: ModuleProject) -> None:
    project.configure({GUARDS: "^2.1"}, trust=["mallory"])


def older_registry(project: ModuleProject) -> None:
    """The project saw a newer list than the registry has."""
    state = json.loads(project.state.read_text())
    project.state.write_text(json.dumps(state | {"revocations": 9}))


def newer_timestamp_seen(project: ModuleProject) -> None:
    state = json.loads(project.state.read_text())
    project.state.write_text(json.dumps(state | {"timestamp": 900}))
    shutil.rmtree(project.cache / "modules")


def another_root(project: ModuleProject) -> None:
    path = project.folder / ".holdfast" / "roots" / "acme.json"
    path.write_bytes(path.read_bytes() + b"\n")


# What happened since the lock; the code of `install`; the codes of `verify`.
REFUSED: list[tuple[Callable[[ModuleProject], None], str, list[str]]] = [
    (revoke_key, "signer-revoked", ["signer-revoked"] * 2),
    (revoke_one, "release-revoked", ["release-revoked"]),
    (another_archive, "module-tampered", ["module-tampered"]),
    (no_archive, "registry-tampered", ["registry-tampered"]),
    (other_digest, "module-tampered", ["module-tampered"]),
    (other_tree, "module-tampered", ["module-tampered"]),
    (other_permissions, "module-tampered", ["module-tampered"]),
    (other_signer, "module-tampered", ["module-tampered"] * 2),
    (no_co_signer, "signature-missing", ["signature-missing"]),
    (trust_another, "signer-untrusted", ["signer-untrusted"] * 2),
    (older_registry, "registry-rollback", ["registry-rollback"]),
    (newer_timestamp_seen, "registry-rollback", ["registry-rollback"]),
    (another_root, "registry-root-refused", ["registry-root-refused"]),
]


@pytest.mark.parametrize(("act", "code", "verified"), REFUSED, ids=[row[0].__name__ for row in REFUSED])
def test_what_does_not_hold_is_not_installed(
    project: ModuleProject, act: Callable[[ModuleProject], None], code: str, verified: list[str]
) -> None:
    """Install stops at the first refusal and leaves nothing; verify tells one finding for each module."""
    act(project)
    told = project.run("verify", "--format", "json")
    assert (told.code, codes(told)) == (1, verified)
    done = project.run("install", "--format", "json")
    assert (done.code, codes(done)) == (1, [code])
    assert not project.modules.is_symlink()
    home = project.folder / ".holdfast" / "modules"
    assert not home.exists() or os.listdir(home) == [".gitignore"]


@pytest.mark.parametrize("act", [revoke_key, another_archive, other_tree], ids=lambda act: act.__name__)
def test_what_is_installed_stays_when_another_release_is_refused(
    project: ModuleProject, act: Callable[[ModuleProject], None]
) -> None:
    """The old modules are whole after a refused install."""
    project.installed()
    generation = os.readlink(project.modules)
    project.registry.publish(GUARDS, "2.2.0", now=clock())
    assert project.run("update").code == 0
    if act is not revoke_key:
        text = project.lock.read_text()
        release = project.registry.release(GUARDS, "2.2.0")
        project.lock.write_text(text.replace(release.tree, "sha256:" + "0" * 64))
    else:
        act(project)
    assert project.run("install").code == 1
    assert os.readlink(project.modules) == generation
    assert (project.modules / BASE / "README.md").is_file()
    assert project.litter() == []


def test_what_cannot_be_had_is_undecided(project: ModuleProject) -> None:
    """A registry that does not answer proves nothing: exit 3, and what was not checked is told."""
    (project.registry.path / "metadata" / "timestamp.json").unlink()
    for cached in (True, False):
        told = project.run("verify", "--format", "json")
        assert (told.code, codes(told)) == (3, ["artifact-unchecked"] * 2)
        assert told.json["summary"]["facts"]["unchecked"] == 2
        assert project.run("install").code == 3
        assert not project.modules.is_symlink()
        if cached:
            shutil.rmtree(project.cache)


def test_a_yanked_release_that_is_locked_is_installed(project: ModuleProject) -> None:
    """Yanking keeps a release from new locks, not from those that have it."""
    project.registry.yank(GUARDS, "2.1.0", now=clock())
    project.installed()
    assert project.run("verify").code == 0


def test_a_configuration_that_moved_away_is_undecided(project: ModuleProject) -> None:
    """Without the source of a locked module nobody guesses; without any module in the configuration neither."""
    text = project.configuration.read_text()
    project.configuration.write_text(text.replace("[sources.acme]", "[sources.other]"))
    for command in ("install", "verify"):
        done = project.run(command)
        assert done.code == 3
        assert "has not the source acme" in done.err
    project.configure({})
    for command in ("install", "verify"):
        done = project.run(command)
        assert done.code == 2
        assert "[modules] in the configuration" in done.err


def test_installing_again_renews_the_revocation_list(project: ModuleProject) -> None:
    """A newer list counts from the next install on, also where nothing is unpacked anew."""
    project.installed()
    generation, state = os.readlink(project.modules), project.state.read_text()
    assert load(GUARDS, str(project.folder)).version == "2.1.0"
    project.registry.revoke(public("mallory").id, now=clock())
    before = revocations_of(str(project.folder), "acme")
    assert project.run("install").out == "2 modules in modules/: nothing to do, all as locked\n"
    assert revocations_of(str(project.folder), "acme") != before
    assert (os.readlink(project.modules), project.state.read_text()) == (generation, state)
    assert load(GUARDS, str(project.folder)).version == "2.1.0"
    assert project.litter() == []


def test_a_first_install_after_a_clone_makes_loading_work(project: ModuleProject) -> None:
    """Where nobody committed the registry's state, install writes it, and what is loaded is verified with it."""
    project.state.unlink()
    project.installed()
    assert load(GUARDS, str(project.folder)).version == "2.1.0"
