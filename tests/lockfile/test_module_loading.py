"""`holdfast.load`: paths come only from a verified, unrevoked and unmodified tree; all else has an error of its own."""

import calendar
import json
import logging
import os
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import holdfast
from holdfast import files
from holdfast.errors import ConfigurationError, LockFormatError, LockMissing, ProjectNotFound
from holdfast.installed.layout import generation_of
from holdfast.installed.revocation_lists import keep_revocations, revocations_of
from holdfast.loading import GRACE, LoadedModule, ModuleNotInstalled, ModuleNotLocked
from holdfast.loading import load as load_at
from holdfast.trust.dsse import parse_envelope
from holdfast.trust.errors import (
    DigestRevoked,
    InvalidSignature,
    MalformedSignature,
    PayloadTypeRefused,
    PrivilegedUntrusted,
    RegistryRollback,
    RegistryStale,
    RegistryTampered,
    SignatureNotFound,
    SignerExpired,
    SignerRevoked,
    Tampered,
    ThresholdUnmet,
    UntrustedSigner,
)
from holdfast.trust.registry_client import RegistryView
from holdfast.trust.registry_state import read_state
from holdfast.trust.revocations import read_payload
from tests.support.module_folders import ExportRow
from tests.support.module_projects import ModuleProject, clock, live_registry, serving_folder
from tests.support.module_registry import ModuleRegistry
from tests.support.signed_modules import NOTHING, publisher_envelope, revocations_envelope
from tests.support.signed_modules import module as some_module
from tests.support.signing_keys import public

GUARDS, BASE = "@acme/guards", "@acme/base"
TOOL = b"def answer() -> int:\n    return 42\n"


class World:
    """A project with two installed modules: guards is privileged, base has Python code and a co-signature."""

    def __init__(self, project: ModuleProject) -> None:
        self.project = project

    @property
    def registry(self) -> ModuleRegistry:
        """The project's registry."""
        return self.project.registry

    def configure(self, *trust: str, privileged: tuple[str, ...] = (GUARDS,), **more: object) -> None:
        """Write the configuration anew."""
        self.project.configure({GUARDS: "^2.1"}, trust=trust, privileged=privileged, **more)  # type: ignore[arg-type] # passed on

    def load(self, name: str = GUARDS, now: float | None = None) -> LoadedModule:
        """Load a module, now or at another time."""
        return load_at(name, str(self.project.folder), now)

    def newest_list(self) -> None:
        """Put the registry's newest revocation list where an install would."""
        registry, source = self.registry, str(self.project.folder)
        store = str(self.project.cache / "view")
        digest, get, now = registry.root_digest, registry.get, clock()
        view = RegistryView.open("acme", registry.root, digest, store=store, get=get, now=now)
        keep_revocations(source, {"acme": view.revocation_text()})
        view.close()

    def edit_lock(self, old: str, new: str, count: int = -1) -> None:
        """Replace a text in the lock, which must be there."""
        text = self.project.lock.read_text()
        assert old in text
        self.project.lock.write_text(text.replace(old, new, count))

    def edit_state(self, **fields: object) -> None:
        """Change fields of the committed state."""
        state = json.loads(self.project.state.read_text())
        self.project.state.write_text(json.dumps(state | fields))

    @property
    def list_file(self) -> Path:
        """The installed revocation list."""
        return self.project.folder / ".holdfast" / "modules" / ".revocations" / "acme.json"

    @property
    def expires(self) -> float:
        """When the installed list's time is over, in unix seconds."""
        text = revocations_of(str(self.project.folder), "acme")
        assert text is not None
        listed = read_payload(parse_envelope(text).payload)
        return calendar.timegm(time.strptime(listed.expires, "%Y-%m-%dT%H:%M:%SZ"))


def publish(registry: ModuleRegistry) -> None:
    """Publish both modules."""
    export = ExportRow("tool", "tool.py", "code")
    registry.publish(BASE, "1.2.0", files={"tool.py": TOOL}, exports=[export], cosign=True, now=clock())
    registry.publish(
        GUARDS,
        "2.1.0",
        dependencies={BASE: "^1.2"},
        exports=[ExportRow("plain", "README.md")],
        permissions={"network": ["api.acme.example"]},
        privileged=True,
        now=clock(),
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world as it is copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    registry = live_registry(folder / "registry")
    publish(registry)
    with serving_folder(registry.path) as server:
        project = ModuleProject(folder, registry, server.url, {GUARDS: "^2.1"}, trust=["acme"], privileged=[GUARDS])
        project.locked().installed()
    return World(project)


@pytest.fixture
def world(template: World, tmp_path: Path) -> Iterator[World]:
    """A world of one's own; what loading sets in the interpreter is put back."""
    before = sys.pycache_prefix
    yield World(template.project.copied(tmp_path))
    sys.pycache_prefix = before


def test_a_verified_module_gives_paths(world: World) -> None:
    """Version, paths, permissions, signers and level are those that were locked and verified."""
    module = world.load()
    assert (module.name, module.version, module.level) == (GUARDS, "2.1.0", "trusted")
    assert module.path == os.path.join(generation_of(str(world.project.folder)), "@acme", "guards")
    assert Path(module.exports["strict"]).read_bytes() == b"Refuse.\n"
    assert set(module.exports) == {"strict", "plain"}
    assert module.privileged == {"strict"}
    assert module.permissions == ("network:api.acme.example",)
    assert module.signers == (public("acme").id,)


def test_the_project_is_found_from_below(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder the nearest project counts, and outside of any there is an error."""
    below = world.project.folder / "src"
    below.mkdir()
    monkeypatch.chdir(below)
    assert holdfast.load(BASE).version == "1.2.0"
    monkeypatch.chdir(world.project.folder.parent)
    with pytest.raises(ProjectNotFound):
        holdfast.load(BASE)


@pytest.mark.parametrize("allowed", [(), ("@acme/other",), ("@acme/base",)])
def test_privileged_exports_are_withheld_where_not_allowed(
    world: World, allowed: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """A privileged module that the project does not list loads with nothing privileged, and the log says so."""
    world.configure("acme", privileged=allowed)
    with caplog.at_level(logging.INFO, "holdfast.load"):
        module = world.load()
    assert (sorted(module.exports), sorted(module.privileged)) == (["plain"], [])
    (line,) = caplog.records
    told = json.loads(line.getMessage())
    assert (line.levelname, told["withheld"], told["privileged"]) == ("WARNING", ["strict"], False)


def test_levels_are_computed(world: World) -> None:
    """Without the project's own trust, it is the publisher's tier and the co-signature that count."""
    assert world.load(BASE).level == "trusted"
    world.configure()
    assert world.load(BASE).level == "registry-verified"


def test_every_load_is_one_line_of_json(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The audit line has what was loaded, by whose signature, at what level, and by which revocation list."""
    with caplog.at_level(logging.INFO, "holdfast.load"):
        world.load(BASE)
        with pytest.raises(ModuleNotLocked):
            world.load("@acme/none")
    first, second = caplog.records
    told = json.loads(first.getMessage())
    assert (first.name, first.levelname, "\n" in first.getMessage()) == ("holdfast.load", "INFO", False)
    assert told["tree"] in world.project.lock.read_text()
    expected = {"event": "loaded", "module": BASE, "version": "1.2.0", "source": "acme", "level": "trusted"}
    assert {key: told[key] for key in expected} == expected
    assert told["signers"] == [public("acme").id]
    assert (told["revocations"]["number"], told["revocations"]["grace"]) == (1, "")
    refused = json.loads(second.getMessage())
    assert (second.levelname, refused["event"], refused["error"]) == ("WARNING", "refused", "ModuleNotLocked")
    assert refused["fields"]["name"] == "@acme/none"


@pytest.mark.parametrize("late", [0, GRACE - 1])
def test_an_old_list_serves_for_seven_days_and_the_log_says_so(
    world: World, caplog: pytest.LogCaptureFixture, late: int
) -> None:
    """From its end for seven days less a second a list still counts, with a warning in the audit line."""
    with caplog.at_level(logging.INFO, "holdfast.load"):
        world.load(BASE, world.expires + late)
        world.load(BASE, world.expires - 1)
    grace, good = [json.loads(line.getMessage())["revocations"]["grace"] for line in caplog.records]
    assert "loading goes on for 7 days after that" in grace
    assert grace.startswith("expired at ")
    assert [line.levelname for line in caplog.records] == ["WARNING", "INFO"]
    assert good == ""


def nothing(world: World) -> None:
    """Change nothing."""


def revoking(*values: str, cause: str = "compromise", effective: str = "") -> Callable[[World], None]:
    """The registry revoked these, and the list is installed."""

    def act(world: World) -> None:
        for value in values:
            found = {"archive": world.registry.release(BASE, "1.2.0").archive}
            found["tree"] = world.registry.release(BASE, "1.2.0").tree
            found["registry"] = world.registry.state.publishers().registry[0].key.id
            now, given = clock(), found.get(value, value)
            world.registry.revoke(given, cause, effective=effective or now, now=now)
        world.newest_list()

    return act


def modify(world: World) -> None:
    path = world.project.modules / BASE / "tool.py"
    path.chmod(0o644)
    path.write_bytes(TOOL.replace(b"42", b"43"))
    path.chmod(0o444)


def add_bytecode(world: World) -> None:
    folder = world.project.modules / BASE
    folder.resolve().chmod(0o755)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "tool.cpython-311.pyc").write_bytes(b"")


def other_release(world: World) -> None:
    world.edit_lock(world.registry.release(BASE, "1.2.0").tree, "sha256:" + "0" * 64)


def alter_list(world: World) -> None:
    document = json.loads(world.list_file.read_text())
    payload = b64decode(document["payload"]).replace(b'"number":1', b'"number":9')
    world.list_file.write_text(json.dumps(document | {"payload": b64encode(payload).decode()}))


def listed(*keys: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        world.list_file.write_text(revocations_envelope(NOTHING, *keys))

    return act


def trust(*words: str, more: str = "") -> Callable[[World], None]:
    return lambda world: world.configure(*words, more=more)


def trust_acme(extra: str) -> Callable[[World], None]:
    key = json.dumps(public("acme").text)
    return trust(more=f'[[trust]]\nkey = {key}\nnames = ["@acme/*"]\n{extra}\n')


def unsigned(policy: tuple[str, ...]) -> Callable[[World], None]:
    """Nobody signed base, says the lock."""

    def act(world: World) -> None:
        head, base, guards = world.project.lock.read_text().partition(f'[[package]]\nname = "{BASE}"')
        base += guards.partition("[[package]]")[0]
        rest = "".join(guards.partition("[[package]]")[1:])
        signers = f'signers = [\n    "{public("acme").id}",\n]\n'
        start, threshold = base.replace(signers, "signers = []\n"), "threshold = 1\n"
        assert signers in base
        assert threshold in base
        world.project.lock.write_text(head + start.replace(threshold, "") + rest)
        world.configure(require=policy)

    return act


LATER = 10 * 365 * 24 * 3600
Row = tuple[str, Callable[[World], object], str, type[Exception], str]
REFUSALS: list[Row] = [
    ("no lock", lambda world: world.project.lock.unlink(), BASE, LockMissing, "holdfast.lock"),
    ("a broken lock", lambda world: world.project.lock.write_text("x"), BASE, LockFormatError, "holdfast.lock"),
    ("not in the lock", nothing, "@acme/none", ModuleNotLocked, "is not a module of holdfast.lock"),
    ("a path for a name", nothing, "../../etc", ModuleNotLocked, "is not a module of holdfast.lock"),
    ("not installed", lambda world: world.project.modules.unlink(), BASE, ModuleNotInstalled, "not unpacked"),
    ("another release", other_release, BASE, ModuleNotInstalled, "another release"),
    ("a changed file", modify, BASE, Tampered, "tool.py changed"),
    ("an added file", add_bytecode, BASE, Tampered, "__pycache__/tool.cpython-311.pyc added"),
    (
        "a broken configuration",
        lambda world: world.project.configuration.write_text("x ="),
        BASE,
        ConfigurationError,
        "",
    ),
    ("no list", lambda world: world.list_file.unlink(), BASE, RegistryTampered, "none is installed"),
    ("no state", lambda world: world.project.state.unlink(), BASE, RegistryTampered, "does not say who signs"),
    (
        "a state without keys",
        lambda world: world.edit_state(**{"revocation-keys": []}),
        BASE,
        RegistryTampered,
        "who signs",
    ),
    ("a state of others", lambda world: world.project.state.write_text("{}"), BASE, ConfigurationError, "acme.json"),
    ("an altered list", alter_list, BASE, InvalidSignature, "ed25519:"),
    ("half a list", lambda world: world.list_file.write_text("{"), BASE, MalformedSignature, "revocations.json"),
    ("an empty list", lambda world: world.list_file.write_text(""), BASE, MalformedSignature, "revocations.json"),
    ("a list by a stranger", listed("mallory"), BASE, ThresholdUnmet, "needed=1, met=0"),
    (
        "a signature for something else",
        lambda world: world.list_file.write_text(publisher_envelope(some_module())),
        BASE,
        PayloadTypeRefused,
        "revocations+json",
    ),
    ("an older list", lambda world: world.edit_state(revocations=2), BASE, RegistryRollback, "number 2 was seen"),
    ("a revoked key", revoking(public("acme").id), BASE, SignerRevoked, "laptop lost"),
    ("a revoked co-signer", revoking("registry"), BASE, SignerRevoked, "laptop lost"),
    ("a revoked archive", revoking("archive"), BASE, DigestRevoked, "laptop lost"),
    ("a revoked tree", revoking("tree"), BASE, DigestRevoked, "laptop lost"),
    ("trust revoked", trust_acme(f'revoked = "{clock(-60)}"'), BASE, SignerRevoked, "revoked by this project"),
    ("trust expired", trust_acme(f'until = "{clock(-60)}"'), BASE, SignerExpired, clock(-60)[:10]),
    ("trust in another", trust("mallory"), BASE, UntrustedSigner, public("acme").id),
    ("privileged, trusted by nobody", trust(), GUARDS, PrivilegedUntrusted, public("acme").id),
    ("privileged, trust expired", trust_acme(f'until = "{clock(-60)}"'), GUARDS, SignerExpired, clock(-60)[:10]),
    ("unsigned where policy asks", unsigned(("acme:*",)), BASE, SignatureNotFound, "it must be signed"),
    (
        "permissions dropped from the lock",
        lambda world: world.edit_lock('permissions = [\n    "network:api.acme.example",\n]\n', ""),
        GUARDS,
        Tampered,
        "network:api.acme.example",
    ),
    (
        "the privileged flag dropped from the lock",
        lambda world: world.edit_lock("privileged = true\n", ""),
        GUARDS,
        Tampered,
        "privileged",
    ),
    ("another version in the lock", lambda world: world.edit_lock("1.2.0", "1.2.1"), BASE, Tampered, "1.2.1"),
]


@pytest.mark.parametrize(
    ("act", "name", "error", "words"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_what_does_not_hold_is_refused(
    world: World,
    caplog: pytest.LogCaptureFixture,
    act: Callable[[World], object],
    name: str,
    error: type[Exception],
    words: str,
) -> None:
    """Each fault has its own error, which says what is wrong, and one audit line with the error's name."""
    assert world.load(name if name.startswith("@acme/") and name != "@acme/none" else BASE)
    caplog.clear()
    act(world)
    with caplog.at_level(logging.INFO, "holdfast.load"), pytest.raises(error) as caught:
        world.load(name)
    assert type(caught.value) is error
    assert words in str(caught.value)
    (line,) = caplog.records
    assert json.loads(line.getMessage())["error"] == error.__name__


def test_a_manifest_changed_after_the_look_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the exports are read from is the file that was hashed, or nothing is loaded."""
    real = files.read_bytes
    monkeypatch.setattr(files, "read_bytes", lambda path: real(path) + b"\n" * path.endswith("module.toml"))
    with pytest.raises(Tampered) as caught:
        world.load()
    assert caught.value.what == "module.toml"


def test_after_the_grace_nothing_is_loaded(world: World) -> None:
    """Seven days after the end of its list a registry's modules are refused, with the command that helps."""
    with pytest.raises(RegistryStale) as caught:
        world.load(BASE, world.expires + GRACE)
    assert "the grace of 7 days is over: run `holdfast install`" in caught.value.reason


HARMLESS: list[tuple[str, Callable[[World], None]]] = [
    ("a superseded key", revoking(public("acme").id, cause="superseded")),
    ("a revocation to come", revoking(public("acme").id, effective=clock(3600))),
    ("another key revoked", revoking(public("mallory").id)),
    ("trust in a second key", trust("mallory", "acme")),
    ("trust that ended and was given anew", trust_acme(f'until = "{clock(-60)}"\n' + "".join(
        ["[[trust]]\nkey = ", json.dumps(public("acme").text), '\nnames = ["@acme/base"]']))),
    ("unsigned where nobody asks", unsigned(())),
]  # fmt: skip


@pytest.mark.parametrize("act", [row[1] for row in HARMLESS], ids=[row[0] for row in HARMLESS])
def test_what_voids_nothing_is_loaded(world: World, act: Callable[[World], None]) -> None:
    """Superseding, revocations to come, and what concerns others refuse nothing."""
    act(world)
    assert world.load(BASE).version == "1.2.0"


def test_an_unsigned_module_says_so(world: World) -> None:
    """Its level is `unsigned`, and it names no signer."""
    unsigned(())(world)
    module = world.load(BASE)
    assert (module.level, module.signers) == ("unsigned", ())


def test_the_state_names_who_signs_revocations(world: World) -> None:
    """What loading believes stands in the committed state: the registry's own revocation keys, and their threshold."""
    state = read_state(world.project.state.read_text())
    assert state.revokers == tuple(sorted(key.key.text for key in world.registry.state.publishers().revokers))
    assert state.revocation_threshold == 1


IMPORTING = """
import sys, holdfast
module = holdfast.load("@acme/base")
sys.path.insert(0, module.path)
import tool
assert tool.answer() == 42
print(tool.__cached__)
for heavy in ("tuf", "urllib3", "securesystemslib", "tomlkit"):
    assert heavy not in sys.modules, heavy
holdfast.load("@acme/base")
"""


def test_its_python_code_is_imported_and_the_tree_stays_as_it_is(world: World, tmp_path: Path) -> None:
    """An import writes its bytecode elsewhere, so the module loads again, and needs no TUF and no HTTP client."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING],
        cwd=world.project.folder,
        env=environment | {"HOLDFAST_CACHE_DIR": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    cached = Path(done.stdout.strip())
    assert cached.is_file()
    assert cached.is_relative_to(tmp_path / "cache" / "pycache")
    assert [path.name for path in world.project.modules.resolve().rglob("*.pyc")] == []
    assert world.load(BASE).version == "1.2.0"
