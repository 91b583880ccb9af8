"""`holdfast trust ...`: keys come in from files and lines, and the configuration says for what they count."""

import io
import json
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holdfast.cli.commands import trust
from holdfast.cli.console import Console
from holdfast.cli.exits import exit_code
from holdfast.cli.groups.trust import COMMANDS, SUMMARY
from holdfast.cli.words import parse
from holdfast.errors import HoldfastError
from holdfast.trust.ed25519 import PublicKey
from tests.support.project import Done

PRIVATE = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2)]
PUBLIC = [PublicKey.parse(one.public_key().public_bytes_raw()) for one in PRIVATE]
HEADER = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"


class Folder:
    """A project's folder, over which the commands of the group run."""

    def __init__(self, folder: Path, configuration: str | None = None) -> None:
        self.folder = folder
        (folder / "pyproject.toml").write_text('[project]\nname = "web"\n')
        if configuration is not None:
            self.path.write_text(configuration)

    @property
    def path(self) -> Path:
        """Its `holdfast.toml`."""
        return self.folder / "holdfast.toml"

    def run(self, action: str, *words: str) -> Done:
        """Run one command of the group; an error is told in `err` and by its exit code."""
        command = next(one for one in COMMANDS if one.name == f"trust {action}")
        out, err = io.StringIO(), io.StringIO()
        console = Console(out, err, {})
        console.command = command.name
        environment = {"HOLDFAST_CACHE_DIR": str(self.folder / "cache")}
        handler = getattr(trust, command.handler.rpartition(":")[2])
        try:
            arguments = parse(command, [*words, "--project", str(self.folder)], environment)
            console.set_up(form=arguments.text("format", "text"), color="never", quiet=False, verbose=False)
            code = handler(arguments, environment, console)
        except HoldfastError as error:
            code = exit_code(error)
            err.write(str(error))
        return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """A project without a configuration."""
    return Folder(tmp_path)


def test_the_group_has_its_rows() -> None:
    """Every row names a handler that is there."""
    assert SUMMARY
    for command in COMMANDS:
        module, _, function = command.handler.partition(":")
        assert module == "holdfast.cli.commands.trust"
        assert callable(getattr(trust, function))


def test_a_key_is_trusted_listed_and_removed(project: Folder) -> None:
    """From an OpenSSH line: the configuration is begun, the list shows the full id, and removing leaves nothing."""
    key = PUBLIC[0]
    done = project.run("add", key.text + " ann@acme", "--names", "@acme/*", "--names", "@x/y", "--label", "acme")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"acme ({key.id}) is trusted for @acme/*, @x/y\n"
    assert project.path.read_text() == (f'[[trust]]\nkey = "{key.text}"\nlabel = "acme"\nnames = ["@acme/*", "@x/y"]\n')
    assert project.run("list").out == f"acme  ok       {key.id}\n    for @acme/*, @x/y\n"
    done = project.run("remove", "acme", "--names", "@x/y")
    assert done.out.splitlines() == [
        "holdfast.toml edited: acme is no longer trusted for @x/y",
        f"acme ({key.id}) is still trusted for @acme/*",
    ]
    assert project.run("remove", key.id).out == f"holdfast.toml edited: {key.id} is no longer trusted\n"
    assert project.path.read_text() == ""
    assert "no key is trusted" in project.run("list").out


def test_adding_twice_changes_nothing(project: Folder) -> None:
    """The second time the file stays as it is, and the command says so."""
    words = (PUBLIC[0].text, "--names", "@acme/*")
    project.run("add", *words)
    before = project.path.read_bytes()
    assert project.run("add", *words).out.startswith("holdfast.toml says that already\n")
    assert project.path.read_bytes() == before


def test_a_revoked_key_stays_revoked(project: Folder) -> None:
    """It keeps its entry with date and reason, is listed so, and is neither added nor removed any more."""
    key = PUBLIC[0]
    project.run("add", key.text, "--names", "@acme/*", "--label", "acme")
    done = project.run("revoke", "acme", "--reason", "laptop stolen")
    assert done.out == f"holdfast.toml edited: acme ({key.id}) is revoked\n"
    listed = project.run("list").out.splitlines()
    assert listed[0] == f"acme  revoked  {key.id}"
    assert listed[2].startswith("    revoked 20")
    assert listed[2].endswith(": laptop stolen")
    before = project.path.read_bytes()
    assert "is revoked already" in project.run("revoke", key.id, "--reason", "again").out
    assert project.run("add", key.text, "--names", "@other/*").code == 2
    assert project.run("remove", "acme").code == 2
    assert project.path.read_bytes() == before


def test_the_list_is_a_document_for_machines(tmp_path: Path) -> None:
    """States are computed, not claimed: a past end is expired, and one entry's revocation reaches the others."""
    block = '[[trust]]\nkey = "{}"\nnames = ["{}"]\n{}\n'
    project = Folder(
        tmp_path,
        block.format(PUBLIC[0].text, "@a/*", "until = 2020-01-01")
        + block.format(PUBLIC[0].text, "@b/*", "until = 2999-01-01")
        + block.format(PUBLIC[1].text, "@a/*", "revoked = 2026-11-21")
        + block.format(PUBLIC[1].text, "@b/*", 'label = "b"'),
    )
    document = json.loads(project.run("list", "--format", "json").out)
    assert (document["version"], document["command"]) == (1, "trust list")
    found = [(one["id"], one["state"], one["until"], one["revoked"]) for one in document["keys"]]
    assert found == [
        (PUBLIC[0].id, "expired", "2020-01-01T00:00:00Z", None),
        (PUBLIC[0].id, "ok", "2999-01-01T00:00:00Z", None),
        (PUBLIC[1].id, "revoked", None, "2026-11-21T00:00:00Z"),
        (PUBLIC[1].id, "revoked", None, "2026-11-21T00:00:00Z"),
    ]
    assert document["keys"][3]["key"] == PUBLIC[1].text
    text = project.run("list").out
    assert "for @b/* until 2999-01-01\n" in text


def test_a_configuration_in_pyproject_is_edited_there(tmp_path: Path) -> None:
    """No second configuration appears beside [tool.holdfast], and the rest of the file stays."""
    project = Folder(tmp_path)
    manifest = tmp_path / "pyproject.toml"
    before = '[project]\nname = "web"\n\n[tool.holdfast]  # ours\nstrategy = "lowest"\n\n[tool.ruff]\nline-length = 9\n'
    manifest.write_text(before)
    assert project.run("add", PUBLIC[0].text, "--names", "@a/*", "--until", "2999-01-01").code == 0
    assert not project.path.exists()
    block = f'\n[[tool.holdfast.trust]]\nkey = "{PUBLIC[0].text}"\nnames = ["@a/*"]\nuntil = "2999-01-01"\n'
    assert manifest.read_text() == before.replace("\n\n[tool.ruff]", f"\n{block}\n[tool.ruff]")


def private_file(path: Path) -> Path:
    kinds = serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    path.write_bytes(PRIVATE[0].private_bytes(serialization.Encoding.PEM, *kinds))
    return path


def test_a_key_comes_from_a_public_key_file(project: Folder) -> None:
    """An OpenSSH line, a PEM, and the .pub beside a private key's file are all read; the private key never is."""
    folder = project.folder
    (folder / "line.pub").write_text(PUBLIC[0].text + " ann@acme\n")
    pem = (
        PRIVATE[0]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    (folder / "key.pem").write_bytes(pem)
    private_file(folder / "id")
    (folder / "id.pub").write_text(PUBLIC[1].text + "\n")
    for name, number in (("line.pub", 0), ("key.pem", 0), ("id", 1)):
        done = project.run("add", str(folder / name), "--names", "@a/*")
        assert (done.code, PUBLIC[number].id in done.out) == (0, True), done.err
    private = private_file(folder / "alone")
    done = project.run("add", str(private), "--names", "@a/*")
    assert done.code == 2
    assert "alone.pub" in done.err
    assert private.read_text().splitlines()[2] not in done.err


SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize("raw", SMALL_ORDER)
def test_a_key_of_small_order_is_refused(project: Folder, raw: str) -> None:
    """A key under which anything verifies, or one that is not canonical, never enters the configuration."""
    text = f"ssh-ed25519 {b64encode(HEADER + bytes.fromhex(raw)).decode()}"
    done = project.run("add", text, "--names", "@a/*")
    assert done.code == 2
    assert done.err.startswith("KeyRefused(")
    assert not project.path.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", PUBLIC[0].text], "the modules for which the key is trusted"),
        (["add", PUBLIC[0].text, "--names", "acme"], "a module name such as @acme/guards"),
        (["add", PUBLIC[0].text, "--names", "*"], "a module name such as @acme/guards"),
        (["add", PUBLIC[0].text, "--names", "@a/*", "--until", "soon"], "after --until"),
        (["add", PUBLIC[0].text, "--names", "@a/*", "--until", "2020-01-01"], "a time to come"),
        (["add", PUBLIC[0].text, "--names", "@a/*", "--label", "a\u202eb"], "printable"),
        (["add", PUBLIC[0].text, "--names", "@a/*", "--label", PUBLIC[0].id], "taken for an id"),
        (["add", PUBLIC[0].id, "--names", "@a/*"], "KeyRefused"),
        (["add", "ssh-rsa AAAA", "--names", "@a/*"], "KeyRefused"),
        (["add", "missing.pub", "--names", "@a/*"], "FileProblem"),
        (["add", "--names", "@a/*"], "KEY after"),
        (["remove", "nobody"], "the full id or the label of a key"),
        (["revoke", "nobody", "--reason", "x"], "the full id or the label of a key"),
        (["revoke", "nobody"], "add --reason TEXT"),
        (["revoke", "nobody", "--reason", "a\nb"], "on one line"),
    ],
)
def test_what_cannot_be_is_refused(project: Folder, words: list[str], said: str) -> None:
    """Nothing is written, and the refusal says what was expected."""
    done = project.run(*words)
    assert done.code == 2
    assert said in done.err
    assert not project.path.exists()


def test_a_broken_configuration_is_not_edited(tmp_path: Path) -> None:
    """What cannot be read is refused with its place before anything is written."""
    project = Folder(tmp_path, "[[trust]]\nkey = 'x'\nnames = ['@a/*']\n")
    for words in (["list"], ["add", PUBLIC[0].text, "--names", "@a/*"], ["remove", "x"]):
        done = project.run(*words)
        assert done.code == 2
        assert "where='trust[0].key'" in done.err
    assert project.path.read_text().startswith("[[trust]]\nkey = 'x'\n")
