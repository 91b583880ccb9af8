"""`key generate`, `show` and `fingerprint` on the command line."""

import getpass
import io
import json
import os
import stat
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from holdfast.cli.main import main
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.key_files import load_key
from holdfast.trust.key_writing import write_key
from tests.support.signing_keys import public, signer


class Done(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


def run(*words: str) -> Done:
    """Run `holdfast key ...` where nobody answers."""
    out, err = io.StringIO(), io.StringIO()
    return Done(main(["key", *words], {}, out, err), out.getvalue(), err.getvalue())


@pytest.fixture
def words(tmp_path: Path) -> str:
    """A passphrase in a file."""
    path = tmp_path / "words"
    path.write_text("correct horse\n")
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A terminal whose answers are taken off a list."""
    answers: list[str] = []
    monkeypatch.setattr(sys, "stdin", type("Terminal", (io.StringIO,), {"isatty": lambda self: True})())
    monkeypatch.setattr(getpass, "getpass", lambda prompt: answers.pop(0))
    return answers


@pytest.mark.parametrize("form", ["", "openssh", "pkcs8"])
def test_generate(form: str, tmp_path: Path) -> None:
    """A key for its owner only, its public line beside it; what it is stands on stdout, the secret nowhere."""
    path = tmp_path / "key"
    done = run("generate", str(path), "--comment", "ann@acme", *(["--form", form] if form else []))
    assert done.code == 0, done.err
    made = load_key(str(path))
    assert (tmp_path / "key.pub").read_text() == f"{made.public.text} ann@acme\n"
    assert f"{made.public.text} ann@acme\n" in done.out
    assert made.public.id in done.out
    assert "not encrypted" in done.err
    assert (b"OPENSSH" in path.read_bytes()) is (form != "pkcs8")
    assert "PRIVATE" not in done.out + done.err
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_key_is_another(tmp_path: Path) -> None:
    """Two runs, two keys."""
    assert run("generate", str(tmp_path / "a")).code == run("generate", str(tmp_path / "b")).code == 0
    assert load_key(str(tmp_path / "a")).public != load_key(str(tmp_path / "b")).public


def test_generate_encrypted(tmp_path: Path, words: str) -> None:
    """By the first line of a file; then the file opens it again."""
    path = str(tmp_path / "key")
    done = run("generate", path, "--passphrase-file", words, "--form", "pkcs8")
    assert (done.code, done.err) == (0, "")
    key = load_key(path, b"correct horse").public
    assert run("fingerprint", path, "--passphrase-file", words).out == f"{key.id}\n"
    refused = run("show", path)
    assert refused.code == 2
    assert "there is no terminal to ask for its passphrase" in refused.err


def test_generate_asks_on_a_terminal(tmp_path: Path, terminal: list[str]) -> None:
    """Twice, since nobody sees what they type; an empty answer is none; different answers write nothing."""
    terminal += ["correct horse"] * 2
    assert run("generate", str(tmp_path / "a")).code == 0
    opened = load_key(str(tmp_path / "a"), b"correct horse").public
    terminal += [""]
    assert run("generate", str(tmp_path / "b")).code == 0
    assert load_key(str(tmp_path / "b")).public != opened
    terminal += ["correct horse", "correct house"]
    done = run("generate", str(tmp_path / "c"))
    assert done.code == 2
    assert "the same passphrase twice" in done.err
    assert not (tmp_path / "c").exists()
    assert terminal == []


def test_show_asks_on_a_terminal(tmp_path: Path, terminal: list[str]) -> None:
    """Only for a key that needs it; a wrong answer opens nothing."""
    write_key(str(tmp_path / "key"), signer("acme"), form="pkcs8", passphrase=b"correct horse")
    terminal += ["correct horse"]
    assert public("acme").id in run("show", str(tmp_path / "key")).out
    terminal += ["wrong"]
    done = run("show", str(tmp_path / "key"))
    assert done.code == 2
    assert "the passphrase does not open the key" in done.err
    assert public("acme").id in run("show", str(tmp_path / "key.pub")).out
    assert terminal == []


def test_generate_overwrites_nothing(tmp_path: Path) -> None:
    """Exit 2, and the key that was there is there."""
    path = tmp_path / "key"
    assert run("generate", str(path)).code == 0
    before = path.read_bytes()
    done = run("generate", str(path))
    assert done.code == 2
    assert "it is there already, and a key is never overwritten\nhint: name another path, or move it away" in done.err
    assert path.read_bytes() == before


def test_generate_as_json(tmp_path: Path) -> None:
    """The document names both files and the key."""
    path = str(tmp_path / "key")
    document = json.loads(run("generate", path, "--format", "json").out)
    assert (document["private"], document["public"]) == (path, path + ".pub")
    key = load_key(path).public
    assert document["keys"] == [{"key": key.text, "id": key.id, "ssh": key.ssh_fingerprint, "comment": ""}]


def test_show_and_fingerprint(tmp_path: Path) -> None:
    """The same of a private and of a public file; the fingerprint alone on its line, for scripts."""
    path = str(tmp_path / "key")
    write_key(path, signer("acme"), comment="ann@acme")
    key = public("acme")
    block = f"    id   {key.id}\n    ssh  {key.ssh_fingerprint}\n"
    assert run("show", path).out == f"{key.text}\n{block}"
    assert run("show", path + ".pub").out == f"{key.text} ann@acme\n{block}"
    for one in (path, path + ".pub"):
        assert run("fingerprint", one).out == f"{key.id}\n"
        assert run("fingerprint", one, "--ssh").out == f"{key.ssh_fingerprint}\n"
    document = json.loads(run("show", path + ".pub", "--format", "json").out)
    assert document["keys"] == [{"key": key.text, "id": key.id, "ssh": key.ssh_fingerprint, "comment": "ann@acme"}]


def test_a_hostile_comment_is_made_harmless(tmp_path: Path) -> None:
    """What a public file says reaches no terminal raw."""
    path = tmp_path / "key.pub"
    path.write_text(f"{public('acme').text} \x1b[2Jann\u202e")
    out = run("show", str(path)).out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_the_agent_is_needed(tmp_path: Path) -> None:
    """`agent` stands for the ssh-agent; a file of that name is ./agent."""
    done = run("show", "agent")
    assert done.code == 2
    assert "SSH_AUTH_SOCK is not set" in done.err
    write_key(str(tmp_path / "agent"), signer("acme"))
    assert run("fingerprint", str(tmp_path / "agent")).out == f"{public('acme').id}\n"


@pytest.mark.parametrize("content", ["hello", "ssh-rsa AAAA", f"ssh-ed25519 {'A' * 68}"])
def test_no_key(content: str, tmp_path: Path) -> None:
    """Something else is refused: exit 1 or 2, and nothing is shown as a key."""
    path = tmp_path / "key.pub"
    path.write_text(content)
    done = run("fingerprint", str(path))
    assert done.code in (1, 2)
    assert "ed25519:" not in done.out


def test_a_small_order_key_is_refused(tmp_path: Path) -> None:
    """As a verdict, not as a fault: exit 1."""
    path = tmp_path / "key.pub"
    path.write_text("01" + "00" * 31)
    done = run("show", str(path))
    assert done.code == 1
    assert "small order" in done.out


def test_hex_and_pem_are_shown_as_a_line(tmp_path: Path) -> None:
    """Whatever form the key comes in."""
    path = tmp_path / "key.pub"
    path.write_text(public("acme").raw.hex())
    assert PublicKey.from_text(run("show", str(path)).out.splitlines()[0]) == public("acme")


def test_paths_of_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ~ that the shell left is read."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert run("generate", "~/key").code == 0
    assert (tmp_path / "key.pub").exists()
