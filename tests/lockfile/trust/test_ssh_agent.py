"""The ssh-agent: a real one signs, and a false one is believed nothing."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from holdfast.trust.ed25519 import verify
from holdfast.trust.errors import KeyUnreadable
from holdfast.trust.key_writing import write_key
from holdfast.trust.ssh_agent import AgentSigner, agent_signer, agent_signers
from holdfast.trust.ssh_wire import string
from tests.support.signing_keys import public, signer

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no Unix sockets here")
Agent = Callable[[bytes], bytes]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose paths are short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="hf") as name:
        yield Path(name)


@contextmanager
def answering(folder: Path, answer: Agent, hold: float = 0) -> Iterator[dict[str, str]]:
    """An agent in a thread that sends `answer(request)` as it is, and after `hold` seconds closes the connection."""
    path = str(folder / "agent")
    over = threading.Event()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(path)
        listener.listen()
        listener.settimeout(0.02)

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(5)
                    length = int.from_bytes(connection.recv(4), "big")
                    request = b""
                    while len(request) < length:
                        request += connection.recv(65536)
                    try:
                        connection.sendall(answer(request))
                        over.wait(hold)
                    except (BrokenPipeError, ConnectionResetError):
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield {"SSH_AUTH_SOCK": path}
        finally:
            over.set()
            thread.join(10)
            assert not thread.is_alive()


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")


def _listing(*keys: tuple[bytes, bytes]) -> bytes:
    rows = b"".join([string(blob) + string(comment) for blob, comment in keys])
    return string(b"\x0c" + _number(len(keys)) + rows)


def _honest(request: bytes) -> bytes:
    """Signs by the key "acme", as OpenSSH's agent does."""
    if request == b"\x0b":
        return _listing((public("acme").blob, b"ann@acme"))
    blob = public("acme").blob
    assert request[:1] == b"\x0d"
    assert request[1:].startswith(string(blob))
    rest = request[1 + 4 + len(blob) :]
    message = rest[4:-4]
    assert rest == string(message) + _number(0)
    return _signed(signer("acme").sign(message))


def _signed(signature: bytes, algorithm: bytes = b"ssh-ed25519") -> bytes:
    return string(b"\x0e" + string(string(algorithm) + string(signature)))


def test_a_signer_of_the_agent(folder: Path) -> None:
    """It lists, names and signs by its keys; messages of any length pass."""
    with answering(folder, _honest) as environment:
        [found] = agent_signers(environment)
        assert (found.public, found.comment) == (public("acme"), "ann@acme")
        for message in (b"", b"message", bytes(200_000)):
            assert verify(public("acme"), message, found.sign(message))


@pytest.mark.skipif(
    not all(map(shutil.which, ("ssh-agent", "ssh-add", "ssh-keygen"))), reason="there is no ssh-agent here"
)
def test_the_real_agent(folder: Path) -> None:
    """OpenSSH's agent signs by an Ed25519 key among others, until the key is taken from it."""
    address = str(folder / "agent")
    environment = {"PATH": os.environ["PATH"], "SSH_AUTH_SOCK": address, "HOME": str(folder)}
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", address], env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if os.path.exists(address):
                break
            threading.Event().wait(0.02)
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", str(folder / "other")], check=True, timeout=20
        )
        write_key(str(folder / "key"), signer("acme"), comment="ann@acme")
        for name in ("other", "key"):
            subprocess.run(["ssh-add", "-q", str(folder / name)], env=environment, check=True, timeout=20)
        [found] = agent_signers(environment)
        assert found.public == public("acme")
        assert verify(public("acme"), b"message", found.sign(b"message"))
        assert found.sign(b"message") == signer("acme").sign(b"message")
        subprocess.run(["ssh-add", "-q", "-D"], env=environment, check=True, timeout=20)
        assert agent_signers(environment) == ()
        with pytest.raises(KeyUnreadable, match="it refused"):
            found.sign(b"message")
    finally:
        agent.terminate()
        agent.wait(10)


_SK = string(b"sk-ssh-ed25519@openssh.com") + string(bytes(32)) + string(b"ssh:")
_RSA = string(b"ssh-rsa") + string(b"\x01\x00\x01") + string(bytes(256))
_SMALL = public("acme").blob[:-32] + b"\x01" + bytes(31)


def test_other_keys_are_passed_over(folder: Path) -> None:
    """RSA, hardware keys, and keys that nobody may use; comments of any bytes are shown somehow."""
    rows = ((_RSA, b"rsa"), (_SK, b"sk"), (_SMALL, b"small"), (public("acme").blob, b"\xff"))
    with answering(folder, lambda request: _listing(*rows)) as environment:
        assert [one.public for one in agent_signers(environment)] == [public("acme")]


BROKEN_LISTS = {
    "nothing": b"",
    "half a length": b"\x00\x00",
    "no type": _number(0),
    "a length too long": _number(256 * 1024 + 1) + b"\x0c",
    "the longest length": b"\xff\xff\xff\xff",
    "cut": _listing((public("acme").blob, b"ann"))[:-2],
    "cut within, but of the right length": string(b"\x0c" + _number(1) + _number(51) + public("acme").blob[:10]),
    "more keys than it says": string(_listing((public("acme").blob, b"a"))[4:] + b"\x00"),
    "fewer keys than it says": string(b"\x0c" + _number(2) + string(public("acme").blob) + string(b"a")),
    "millions of keys": string(b"\x0c" + _number(4_000_000)),
    "a key that is empty": _listing((b"", b"a")),
    "a key whose length lies": _listing((b"\xff\xff\xff\xff", b"a")),
    "a refusal": string(b"\x05"),
    "another answer": string(b"\x0e" + string(b"")),
    "an answer of HTTP": b"HTTP/1.1 400 Bad Request\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN_LISTS)
def test_broken_lists(name: str, folder: Path) -> None:
    """Each is an unreadable key, never anything else."""
    with answering(folder, lambda request: BROKEN_LISTS[name]) as environment:
        with pytest.raises(KeyUnreadable) as refused:
            agent_signers(environment)
        assert refused.value.path == "ssh-agent"
        assert refused.value.reason


@pytest.mark.parametrize("answer", [_listing(*[(b"\0\0\0\0", b"")] * 2049), string(b"\x0c" + bytes(256 * 1024))])
def test_bounds(answer: bytes, folder: Path) -> None:
    """At most 2,048 keys in 256 KiB, also where a longer answer keeps the protocol."""
    with answering(folder, lambda request: answer) as environment, pytest.raises(KeyUnreadable, match="at most"):
        agent_signers(environment)


_GOOD = signer("acme").sign(b"message")
BROKEN_SIGNATURES = {
    "of another message": _signed(signer("acme").sign(b"other")),
    "of another key": _signed(signer("mallory").sign(b"message")),
    "of zeros": _signed(bytes(64)),
    "of 63 bytes": _signed(_GOOD[:-1]),
    "of 65 bytes": _signed(_GOOD + b"\x00"),
    "of no bytes": _signed(b""),
    "of another algorithm": _signed(_GOOD, b"ssh-rsa"),
    "of S + L": _signed(
        _GOOD[:32]
        + (int.from_bytes(_GOOD[32:], "little") + 2**252 + 27742317777372353535851937790883648493).to_bytes(
            32, "little"
        )
    ),
    "with bytes after it": string(b"\x0e" + string(string(b"ssh-ed25519") + string(_GOOD) + b"x")),
    "with bytes after the answer": string(b"\x0e" + string(string(b"ssh-ed25519") + string(_GOOD)) + b"x"),
    "cut": _signed(_GOOD)[:-1],
    "bare": string(b"\x0e" + string(_GOOD)),
    "too long": _number(1 << 20) + bytes(1 << 20),
    "a refusal": string(b"\x05"),
    "a success without a signature": string(b"\x06"),
}


@pytest.mark.parametrize("name", BROKEN_SIGNATURES)
def test_broken_signatures(name: str, folder: Path) -> None:
    """A signature is verified before anyone gets it."""
    with answering(folder, lambda request: BROKEN_SIGNATURES[name]) as environment:
        asked = AgentSigner(environment["SSH_AUTH_SOCK"], public("acme"), "")
        with pytest.raises(KeyUnreadable):
            asked.sign(b"message")


def test_a_silent_agent(folder: Path) -> None:
    """It is waited for so long and not longer, also when it sends a little."""
    for answer in (b"", b"\x00\x00\x00\x05", b"\x00\x00\x00\x05\x0c"):
        with answering(folder, lambda request, answer=answer: answer, hold=5) as environment:  # type: ignore[misc]
            with pytest.raises(KeyUnreadable, match=r"within 0\.1 seconds"):
                agent_signers(environment, seconds=0.1)
            with pytest.raises(KeyUnreadable, match=r"within 0\.1 seconds"):
                AgentSigner(environment["SSH_AUTH_SOCK"], public("acme"), "", seconds=0.1).sign(b"")
        (folder / "agent").unlink()


def test_no_agent(folder: Path) -> None:
    """No variable, nothing there, a file that is no socket, a name too long, a name that no system has."""
    (folder / "file").write_text("")
    with pytest.raises(KeyUnreadable, match="not set"):
        agent_signers({})
    for address in (str(folder / "none"), str(folder / "file"), str(folder), "x" * 500, "a\x00b"):
        with pytest.raises(KeyUnreadable) as refused:
            agent_signers({"SSH_AUTH_SOCK": address})
        assert refused.value.reason


def test_one_key_by_its_names(folder: Path) -> None:
    """Its id, its fingerprint or its comment; without a name, the only one."""
    rows = [(public("acme").blob, b"ann"), (public("other").blob, b"both"), (public("third").blob, b"both")]
    with answering(folder, lambda request: _listing(*rows)) as environment:
        for wanted in (public("acme").id, public("acme").ssh_fingerprint, "ann"):
            assert agent_signer(environment, wanted).public == public("acme")
        for wanted, reason in (("", "3 Ed25519 keys"), ("both", "2 of"), ("bob", "none of"), ("ed25519:", "none of")):
            with pytest.raises(KeyUnreadable, match=reason):
                agent_signer(environment, wanted)
        del rows[1:]
        assert agent_signer(environment).public == public("acme")
        del rows[:]
        with pytest.raises(KeyUnreadable, match="holds no Ed25519 key"):
            agent_signer(environment)
