"""What somebody does to a project itself: its unpacked modules, its lock, its configuration, its keys.

The last test holds all tables of attacks together: every finding of modules is produced by one of them.
"""

import base64
import importlib
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.findings.module_codes import MODULE_CODES
from tests.support.attack_cases import ALL, Attack, assert_stopped
from tests.support.module_project import NOW, ModuleProject, module_project
from tests.support.registry_thieves import put_archive
from tests.support.signing_keys import public

Act = Callable[[ModuleProject], object]
INSTALLED = ("verify --installed",)
GUARDS, BASE = "@acme/guards 2.1.0", "@acme/base 1.2.0"
SMALL_ORDER = struct.pack(">I", 11) + b"ssh-ed25519" + struct.pack(">I", 32) + bytes(32)


def inside(change: Callable[[Path], object]) -> Act:
    """Somebody changes the unpacked guards; the folders are opened for it, as their owner can."""

    def attack(world: ModuleProject) -> None:
        folder = (world.folder / "modules" / "@acme" / "guards").resolve()
        modes = {place: place.stat().st_mode for place in (folder, folder / "guards")}
        for place in modes:
            place.chmod(0o755)
        change(folder)
        for place, mode in modes.items():
            place.chmod(mode)

    return attack


def _flip_a_bit(folder: Path) -> None:
    place = folder / "guards" / "strict.md"
    data = bytearray(place.read_bytes())
    data[3] ^= 1
    place.chmod(0o644)
    place.write_bytes(data)


def _link(folder: Path) -> None:
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to("/etc/hostname")


def _no_modules(world: ModuleProject) -> None:
    (world.folder / "modules").unlink()


def _another_version(world: ModuleProject) -> None:
    world.registry.publish("@acme/guards", "2.2.0", dependencies={"@acme/base": "^1.2"}, now=NOW)
    world.must("update")


def locked(pattern: str, text: str | Callable[[re.Match[str]], str]) -> Act:
    """Somebody edits the lock."""

    def attack(world: ModuleProject) -> None:
        before = world.lock_file.read_text(encoding="utf-8")
        after = re.sub(pattern, text, before, count=1, flags=re.DOTALL)
        assert after != before
        world.lock_file.write_text(after, encoding="utf-8")

    return attack


def configured(old: str, new: str) -> Act:
    """Somebody edits the configuration."""

    def attack(world: ModuleProject) -> None:
        before = world.configuration.read_text(encoding="utf-8")
        after = re.sub(old, new, before, count=1)
        assert after != before
        world.configuration.write_text(after, encoding="utf-8")

    return attack


def appended(text: str) -> Act:
    return lambda world: world.append(text)


def _trust(key: str, names: str = "@acme/*") -> str:
    return f'[[trust]]\nkey = "{key}"\nnames = ["{names}"]\n'


def _two_sources(world: ModuleProject) -> None:
    """A second registry, to which nobody said which names are its own."""
    root = "sha256:" + "0" * 64
    world.append(f'[sources.other]\nkind = "modules"\nurl = "https://other.example/"\nroot = "{root}"\n')


def _foreign_name(world: ModuleProject) -> None:
    """A dependency whose name no source of the project claims: it is looked for nowhere else."""
    world.registry.publish("@umbrella/skill", "0.3.1", now=NOW)
    world.registry.publish("@acme/guards", "2.2.0", dependencies={"@umbrella/skill": "*"}, now=NOW)
    configured('kind = "modules"\n', 'kind = "modules"\npackages = ["@acme/*"]\n')(world)
    configured(r'"\^2"', '"2.2.0"')(world)


def _module_with_a_link(world: ModuleProject) -> None:
    folder = world.folder / "mine"
    folder.mkdir()
    (folder / "module.toml").write_text('name = "@acme/mine"\nversion = "1.0.0"\n', encoding="utf-8")
    os.symlink("/etc/passwd", folder / "link")


def _evil_key(world: ModuleProject) -> None:
    (world.folder / "evil.pub").write_text(f"ssh-ed25519 {KEY}\n", encoding="utf-8")


def _power(world: ModuleProject) -> None:
    """A privileged module by a key that the project trusts, and that it does not list."""
    world.registry.publish("@acme/power", "1.0.0", privileged=True, now=NOW)
    world.configure({"@acme/power": "*"}, _trust(public("acme").text))


def _locked_power(world: ModuleProject) -> None:
    _power(world)
    world.must("lock")


def _distrusted_power(world: ModuleProject) -> None:
    _locked_power(world)
    world.configure({"@acme/power": "*"})


def _unsigned(world: ModuleProject) -> None:
    packed = world.registry.pack("@prompts/nice", "1.0.0")
    put_archive(world.registry, packed.manifest, packed.archive, tree=packed.tree_digest, keys=())
    world.configure({"@prompts/nice": "*"})


def _locked_unsigned(world: ModuleProject) -> None:
    _unsigned(world)
    world.must("lock")
    world.append('[policy]\nrequire-signatures = ["acme:*"]\n')


MODIFIED, ABSENT, TAMPERED = "module-modified", "module-not-installed", "module-tampered"
BROKEN, WRONG = "LockFormatError", "ConfigurationError"
EVERY = ("check", *ALL)
KEY = base64.b64encode(SMALL_ORDER).decode()

CASES: tuple[Attack, ...] = (
    # The unpacked modules.
    Attack("one flipped bit", MODIFIED, inside(_flip_a_bit), INSTALLED, (GUARDS, "guards/strict.md")),
    Attack("an added file", MODIFIED, inside(lambda at: (at / "extra.md").write_text("x")), INSTALLED, (GUARDS,
     "extra.md")),
    Attack("a removed file", MODIFIED, inside(lambda at: (at / "README.md").unlink()), INSTALLED, (GUARDS,
     "README.md")),
    Attack("a changed mode", MODIFIED, inside(lambda at: (at / "README.md").chmod(0o755)), INSTALLED, (GUARDS,
     "README.md")),
    Attack("a link in the place of a file", MODIFIED, inside(_link), INSTALLED, (GUARDS, "README.md")),
    Attack("nothing unpacked", ABSENT, _no_modules, INSTALLED, (GUARDS, BASE)),
    Attack("another version unpacked", ABSENT, _another_version, INSTALLED, ("@acme/guards 2.2.0",)),
    # The lock.
    Attack("another tree in the lock", TAMPERED, locked(r'tree = "sha256:.{8}', 'tree = "sha256:00000000'),
     ("install", "verify"), (BASE, "tree")),
    Attack("another hash in the lock", TAMPERED, locked(r'hash = "sha256:.{8}', 'hash = "sha256:00000000'),
     ("install", "verify"), (BASE, "archive")),
    Attack("another hash in the lock, locked again", "artifact-changed", locked(r'hash = "sha256:.{8}',
     'hash = "sha256:00000000'), ("lock", "update"), (BASE, "acme-base-1.2.0.tar")),
    Attack("another signer in the lock", TAMPERED,
     locked(r"(.*)", lambda found: found[1].replace(public("acme").id, "ed25519:" + "0" * 64)), ("install",
     "verify"), (BASE, "signers", public("acme").id)),
    Attack("privileged in the lock", "privileged-untrusted", locked(r'(tree = "[^"]*"\n)', r"\1privileged = true\n"),
     ("check",), (BASE,)),
    Attack("permissions left out of the lock", TAMPERED, locked(r"permissions = \[.*?\]\n", ""), ("verify",),
     (GUARDS, "permissions", "network:api.acme.example")),
    Attack("another root in the lock", "source-changed", locked(r'root = "sha256:.{8}', 'root = "sha256:00000000'),
     ("check",), ("acme", "sha256:00000000")),
    Attack("a dependency left out of the lock", "pin-unreachable", locked(r"dependencies = \[.*?\]\n", ""),
     ("check",), (BASE,)),
    Attack("a dependency on another version in the lock", "edge-unsatisfied", locked(r"@acme/base \^1\.2",
     "@acme/base ^9"), ("check",), ("@acme/base ^9", GUARDS)),
    Attack("a pin left out of the lock", "edge-missing",
     locked(r'\[\[package\]\]\nname = "@acme/base".*?(?=\[\[package)', ""), ("check",), ("@acme/base ^1.2", GUARDS)),
    Attack("a weaker hash in the lock", "", locked(r"sha256:[0-9a-f]{64}\" \}", "md5:" + "0" * 32 + '" }'), EVERY,
     (BASE, "sha256"), BROKEN, 2),
    Attack("no hash in the lock", "", locked(r', hash = "sha256:[0-9a-f]{64}"', ""), EVERY, (BASE, "hash"), BROKEN, 2),
    Attack("the archive of another in the lock", "", locked(r"acme-base-1\.2\.0\.tar", "acme-evil-1.2.0.tar"), EVERY,
     (BASE, "acme-evil-1.2.0.tar"), BROKEN, 2),
    Attack("an unknown source in the lock", "", locked(r'\nsource = "acme"', '\nsource = "other"'), EVERY, (BASE,
     "other"), BROKEN, 2),
    Attack("an unknown signer in the lock", "",
     locked(r'signers = \[\n    "ed25519:.{8}', 'signers = [\n    "ed25519:00000000'), EVERY, (BASE,
     "ed25519:00000000"), BROKEN, 2),
    Attack("a threshold of none in the lock", "", locked("threshold = 1", "threshold = 0"), EVERY, (BASE,
     "threshold"), BROKEN, 2),
    Attack("a threshold that the signers do not meet", "", locked("threshold = 1", "threshold = 2"), EVERY, (BASE,
     "threshold"), BROKEN, 2),
    Attack("signers left out of the lock", "", locked(r"signers = \[.*?\]\n", "signers = []\n"), EVERY, (BASE,
     "threshold"), BROKEN, 2),
    Attack("a name with look-alike characters in the lock", "", locked('name = "@acme/base"',
     'name = "@\u0430cme/base"'), EVERY, ("name",), BROKEN, 2),
    Attack("a label that turns the line around", "", locked('label = "acme"', 'label = "ac\u202eme"'), EVERY,
     ("U+202E",), BROKEN, 2),
    Attack("a key twice in the lock", "", locked('version = "1.2.0"', 'version = "1.2.0"\nversion = "1.2.0"'), EVERY,
     ("holdfast.lock:",), BROKEN, 2),
    # The configuration.
    Attack("a name with look-alike characters", "", configured('"@acme/guards"', '"@\u0430cme/guards"'), EVERY,
     ("holdfast.toml:2", "ASCII"), WRONG, 2),
    Attack("a name that turns the line around", "", configured('"@acme/guards"', '"@acme/\u202eguards"'), ("check",
     "lock"), ("holdfast.toml",), WRONG, 2),
    Attack("a trusted key of small order", "key-refused", appended(_trust("ssh-ed25519 " + KEY)), ALL,
     ("holdfast.toml:9", "small order")),
    Attack("a trusted name that is none", "", appended(_trust(public("acme").text, "*")), EVERY, ("holdfast.toml",
     "names"), WRONG, 2),
    Attack("two registries that may have one name", "", _two_sources, EVERY, ("sources.acme", "packages"), WRONG, 2),
    Attack("another root in the configuration", "source-changed", configured('root = "sha256:.{8}',
     'root = "sha256:00000000'), ("check",), ("acme", "sha256:00000000")),
    Attack("a module that is wished no more", "manifest-changed", configured(r'"\^2"', '"^2.1"'), ("check",),
     ("acme:@acme/guards ^2.1", "holdfast.toml:2")),
    # Policy and trust of the project, judged offline.
    Attack("a privileged module whose key is no longer trusted", "privileged-untrusted", _distrusted_power, EVERY,
     ("@acme/power 1.0.0", public("acme").id)),
    Attack("an unsigned module after policy asks for signatures", "signature-missing", _locked_unsigned, EVERY,
     ("@prompts/nice 1.0.0",)),
    # Keys and folders that the project's own people use.
    Attack("the fingerprint of a key of small order", "key-refused", _evil_key, ("key fingerprint evil.pub",),
     ("small order",)),
    Attack("a link in a folder that is packed", "tree-refused", _module_with_a_link, ("module pack mine",), ("link",)),
)  # fmt: skip

# What is said, and stops nothing.
REMARKS: tuple[Attack, ...] = (
    Attack("a privileged module that is not listed", "privileged-unlisted", _locked_power, ("check",),
     ("@acme/power 1.0.0",)),
    Attack("a module that nobody signed", "module-unsigned", _unsigned, ("lock --dry-run",), ("@prompts/nice 1.0.0",)),
)  # fmt: skip

# Codes that only the keeper of a registry is told, and the test that has each.
ELSEWHERE = {
    "registry-expiring": "tests/lockfile/cli/test_registry_command.py::test_check_warns_of_an_end_and_of_leftovers",
    "registry-leftover": "tests/lockfile/cli/test_registry_command.py::test_check_warns_of_an_end_and_of_leftovers",
    "registry-damaged": "tests/lockfile/cli/test_registry_command.py::test_check_tells_of_damage",
}


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_an_attack_on_a_project_is_noticed(tmp_path: Path, case: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command says what is not as it must be, where it stands, and changes nothing."""
    with module_project(tmp_path) as world:
        monkeypatch.chdir(world.folder)
        assert_stopped(world, case)


@pytest.mark.parametrize("case", REMARKS, ids=[case.title for case in REMARKS])
def test_what_stops_nothing_is_said(tmp_path: Path, case: Attack) -> None:
    """A command says it with its code and goes on."""
    with module_project(tmp_path) as world:
        case.attack(world)
        done = world.told(*case.commands[0].split(" "))
        assert done.code == 0, done
        assert case.code in done.codes, done.out
        assert all(word in done.out for word in case.says)


def test_a_dependency_is_looked_for_in_its_own_source_only(tmp_path: Path) -> None:
    """A name that no source claims is in none, though a registry at hand has a module of that name."""
    with module_project(tmp_path) as world:
        _foreign_name(world)
        before = world.files()
        done = world.run("lock")
        assert done.code == 4, done
        assert "@umbrella/skill" in done.out + done.err
        assert world.files() == before


def test_every_finding_of_modules_comes_of_an_attack() -> None:
    """The tables of attacks produce every code; the others are named with the test that has them."""
    names = [f"tests.scenarios.test_module_attacks_{part}" for part in ("registry", "signatures", "archives")]
    tables = [CASES, REMARKS, *[importlib.import_module(name).CASES for name in names]]
    produced = {case.code for table in tables for case in table}
    assert set(MODULE_CODES) - produced == set(ELSEWHERE)
    for code, test in ELSEWHERE.items():
        path, _, function = test.partition("::")
        text = (Path(__file__).parents[2] / path).read_text(encoding="utf-8")
        assert f"def {function}(" in text, code
