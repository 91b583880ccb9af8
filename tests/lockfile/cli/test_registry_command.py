"""`holdfast registry ...` from the outside: the words, what is said, and the exit codes."""

import inspect
import io
import json
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from holdfast.cli.commands import registry_keeping
from holdfast.cli.main import main
from holdfast.cli.registry_words import hint_of, sentence_of
from holdfast.publish.pack import pack
from holdfast.publish.registry import errors
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.state import RegistryState
from holdfast.trust.dsse import PAYLOAD_INTOTO, sign_envelope, write_envelope
from holdfast.trust.key_writing import write_key
from holdfast.trust.module_statement import statement
from tests.support.module_folders import write_module
from tests.support.signing_keys import public, signer


class Done(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.out)


class Operator:
    """A registry, its operator and the publisher acme in one folder."""

    def __init__(self, folder: Path) -> None:
        self.here = folder
        self.registry = folder / "registry"
        write_key(str(folder / "acme.key"), signer("acme"))

    def run(self, *words: object) -> Done:
        """Run `holdfast registry ...`."""
        out, err = io.StringIO(), io.StringIO()
        code = main(["registry", *map(str, words)], dict(os.environ), out, err)
        return Done(code, out.getvalue(), err.getvalue())

    def did(self, *words: object) -> str:
        """Run a command that must succeed."""
        done = self.run(*words)
        assert done.code == 0, done.out + done.err
        return done.out

    @property
    def identity(self) -> str:
        """What consumers pin."""
        return RegistryState.load(RegistryFolder(str(self.registry))).identity

    def founded(self) -> "Operator":
        """With the publisher acme, who proved to hold its key."""
        self.did("init", self.registry, "--name", "acme")
        challenge = self.here / "c"
        self.did("publishers", self.registry, "challenge", "acme", "-o", challenge)
        self.did(
            "answer", challenge, "--key", self.here / "acme.key", "--registry", self.identity, "--publisher", "acme"
        )
        key = ("--key", self.here / "acme.key.pub", "--answer", f"{challenge}.answer")
        self.did("publishers", self.registry, "add", "acme", *key, "--tier", "verified")
        return self

    def signed(self, name: str, version: str, key: str = "acme") -> Path:
        """An archive with its `.sig` beside it."""
        packed = pack(str(write_module(self.here / f"{name[1:].replace('/', '-')}-{version}", name, version)))
        path = self.here / f"{name[1:].replace('/', '-')}-{version}.tar"
        path.write_bytes(packed.archive)
        payload = statement(packed.manifest, packed.archive_digest, packed.tree_digest, "2026-11-01T00:00:00Z")
        text = write_envelope(sign_envelope(PAYLOAD_INTOTO, payload, [signer(key)]))
        path.with_name(path.name + ".sig").write_text(text)
        return path

    def submitted(self, name: str, version: str, key: str = "acme") -> None:
        """A submission in the inbox."""
        self.did("submit", self.signed(name, version, key), "--inbox", f"{self.registry}.inbox")


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """Who keeps a registry in an empty folder."""
    return Operator(tmp_path)


def test_the_whole_story(operator: Operator) -> None:
    """Init, a publisher by challenge, submit, publish, yank, unyank, revoke, advise, rotate, refresh, check."""
    said = operator.did("init", operator.registry, "--name", "acme")
    assert f'root = "{operator.identity}"' in said
    assert "[sources.acme]" in said
    operator.did("publishers", operator.registry, "challenge", "acme", "-o", operator.here / "c")
    words = ("--registry", operator.identity, "--publisher", "acme", "-o", operator.here / "a")
    operator.did("answer", operator.here / "c", "--key", operator.here / "acme.key", *words)
    key = ("--key", public("acme").text, "--answer", operator.here / "a")
    operator.did("publishers", operator.registry, "add", "acme", *key, "--scope", "@acme/*")
    assert public("acme").id in operator.did("publishers", operator.registry)
    operator.submitted("@acme/guards", "2.1.0")
    report = operator.here / "report.txt"
    report.write_text("read all of it")
    done = operator.did("publish", operator.registry, "--cosign", "--report", report)
    assert "published @acme/guards 2.1.0 by acme" in done
    assert not os.listdir(f"{operator.registry}.inbox")
    operator.did("yank", operator.registry, "@acme/guards", "2.1.0", "--reason", "broken")
    operator.did("unyank", operator.registry, "@acme/guards", "2.1.0")
    lost = "ed25519:" + "ab" * 32
    operator.did("revoke", operator.registry, lost, "--cause", "superseded", "--reason", "new laptop")
    advisory = {
        "id": "ACME-2026-1",
        "modified": "2026-11-21T06:40:00Z",
        "affected": [
            {
                "package": {"ecosystem": "holdfast", "name": "@acme/guards"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.1.1"}]}],
            }
        ],
    }
    (operator.here / "osv.json").write_text(json.dumps(advisory))
    operator.did("advise", operator.registry, operator.here / "osv.json")
    operator.did("publishers", operator.registry, "tier", "acme", "trusted")
    operator.did("rotate-key", operator.registry, "root", "--retire", "root-2")
    operator.did("rotate-key", operator.registry, "online")
    operator.did("refresh", operator.registry)
    assert "the registry is whole" in operator.did("check", operator.registry)
    assert operator.did("upload-list", operator.registry).splitlines()[-2:-1] == ["metadata/timestamp.json"]


def test_publish_tells_what_it_refused(operator: Operator) -> None:
    """Exit 1, the reason, the next step; the submission stays, and a good one beside it is published."""
    operator.founded()
    operator.submitted("@acme/guards", "1.0.0", key="mallory")
    operator.submitted("@acme/base", "1.0.0")
    done = operator.run("publish", operator.registry)
    assert done.code == 1
    assert "published @acme/base 1.0.0" in done.out
    assert "signer-untrusted" in done.err
    assert public("mallory").id in done.err
    assert [name[:17] for name in os.listdir(f"{operator.registry}.inbox")] == ["acme-guards-1.0.0"]


def test_publish_as_json(operator: Operator) -> None:
    """What was published, refused and written, as a document."""
    operator.founded()
    operator.submitted("@acme/base", "1.0.0")
    done = operator.run("publish", operator.registry, "--format", "json").json
    assert [(row["name"], row["new"]) for row in done["published"]] == [("@acme/base", True)]
    assert done["written"][-1]["file"] == "metadata/timestamp.json"


def test_check_tells_of_damage(operator: Operator) -> None:
    """Exit 1 and the file, for one flipped bit; as text and as JSON."""
    operator.founded()
    operator.submitted("@acme/base", "1.0.0")
    operator.did("publish", operator.registry)
    blob = next(path for path in (operator.registry / "blobs").rglob("*") if path.is_file())
    data = bytearray(blob.read_bytes())
    data[700] ^= 1
    blob.write_bytes(data)
    done = operator.run("check", operator.registry)
    assert done.code == 1
    assert "error[registry-damaged]: @acme/base 1.0.0" in done.out
    assert f"found: {blob.relative_to(operator.registry)} has other bytes" in done.out
    found = operator.run("check", operator.registry, "--format", "json").json["findings"]
    assert ("error", "registry-damaged") in [(row["severity"], row["code"]) for row in found]


def test_check_warns_of_an_end_and_of_leftovers(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A timestamp near its end is a warning with the next command, a file that nothing leads to a note: exit 0."""
    operator.founded()
    stray = operator.registry / "blobs" / "sha256" / "ab" / ("ab" * 32)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"left by a killed command")
    in_six_days = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6 * 24 * 3600))
    monkeypatch.setattr(registry_keeping, "now_text", lambda: in_six_days)
    done = operator.run("check", operator.registry)
    assert done.code == 0, done.out
    assert "warning[registry-expiring]: timestamp" in done.out
    assert f"next: holdfast registry refresh {operator.registry}" in done.out
    assert f"note[registry-leftover]: {stray.relative_to(operator.registry)}" in done.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("init", "{dir}", "--name", "acme", "--root-keys", "2", "--root-threshold", "3"), 2),
        (("init", "{dir}"), 2),
        (("init", "{full}", "--name", "acme"), 2),
        (("yank", "{registry}", "@acme/none", "1.0.0", "--reason", "x"), 2),
        (("yank", "{registry}", "@acme/none", "1.0.0"), 2),
        (("revoke", "{registry}", "ed25519:ab", "--cause", "compromise", "--reason", "x"), 2),
        (("revoke", "{registry}", "sha256:" + "a" * 64, "--reason", "x"), 2),
        (("publishers", "{registry}", "tier", "nobody", "trusted"), 2),
        (("publishers", "{registry}", "tier", "acme", "best"), 2),
        (("publishers", "{registry}", "challenge"), 2),
        (("rotate-key", "{registry}", "root", "--retire", "root-9"), 2),
        (("rotate-key", "{registry}", "online", "--retire", "online"), 2),
        (("upload-list", "{registry}", "--since", "99"), 2),
        (("init", "{dir}", "--name", "acme", "--keys", "{dir}/keys"), 2),
        (("publish", "{registry}", "--inbox", "{registry}/inbox"), 2),
        (("publish", "{registry}", "--report", "x"), 2),
        (("revoke", "{registry}", "sha256:" + "a" * 64, "--cause", "compromise", "--reason", "x", "--days", "0"), 2),
        (("check", "{dir}"), 2),
        (("publish", "{dir}"), 2),
    ],
)
def test_what_cannot_be_is_said(operator: Operator, words: tuple[str, ...], code: int) -> None:
    """Wrong words and missing things end with code 2, never with a traceback, and change nothing."""
    operator.founded()
    before = sorted((str(path), path.stat().st_mtime_ns) for path in operator.registry.rglob("*"))
    places = {"dir": operator.here / "new", "full": operator.here, "registry": operator.registry}
    done = operator.run(*[word.format_map(places) for word in words])
    assert done.code == code, done.out + done.err
    assert "Traceback" not in done.err
    assert sorted((str(path), path.stat().st_mtime_ns) for path in operator.registry.rglob("*")) == before


def test_an_answer_is_for_whom_the_publisher_means(operator: Operator) -> None:
    """A challenge for another registry or name is not signed."""
    operator.did("init", operator.registry, "--name", "acme")
    operator.did("publishers", operator.registry, "challenge", "acme", "-o", operator.here / "c")
    key = ("--key", operator.here / "acme.key")
    for registry, name in (("sha256:" + "a" * 64, "acme"), (operator.identity, "other")):
        done = operator.run("answer", operator.here / "c", *key, "--registry", registry, "--publisher", name)
        assert done.code == 1
        assert not (operator.here / "c.answer").exists()


def test_encrypted_offline_keys(operator: Operator) -> None:
    """Root, targets and modules keys may be encrypted; publishing needs none of them."""
    secret = operator.here / "secret"
    secret.touch(mode=0o600)
    secret.write_text("correct horse\n")
    operator.did("init", operator.registry, "--name", "acme", "--passphrase-file", secret)
    keys = Path(f"{operator.registry}.keys")
    assert b"ENCRYPTED" in (keys / "root-1.pem").read_bytes()
    assert b"ENCRYPTED" not in (keys / "online.pem").read_bytes()
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in keys.glob("*.pem"))
    operator.did("refresh", operator.registry)
    assert operator.run("rotate-key", operator.registry, "notices").code == 2
    operator.did("rotate-key", operator.registry, "notices", "--passphrase-file", secret)


def test_every_refusal_has_words() -> None:
    """Each class has a sentence and a hint, and both name only fields that it has."""
    found = [
        kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.RegistryProblem)
    ]
    for kind in set(found) - {errors.RegistryProblem}:
        error = kind(*["x"] * len(inspect.signature(kind).parameters))
        assert sentence_of(error), kind
        assert hint_of(error), kind
