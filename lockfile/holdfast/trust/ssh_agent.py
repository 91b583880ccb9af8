"""Signers whose private keys an ssh-agent holds (draft-ietf-sshm-ssh-agent), asked through its socket.

The agent is believed nothing: answers are bounded in size and time, and a signature is verified before it is used.
Only plain Ed25519 keys sign; other keys of the agent, certificates and hardware keys are passed over.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping

from holdfast.trust.ed25519 import ALGORITHM, PublicKey, verify
from holdfast.trust.errors import KeyRefused, KeyUnreadable
from holdfast.trust.ssh_wire import Reader, WireError, string

AGENT = "ssh-agent"  # the path in errors
VARIABLE = "SSH_AUTH_SOCK"

_REQUEST_IDENTITIES, _IDENTITIES_ANSWER = 11, 12  # section 3.5
_SIGN_REQUEST, _SIGN_RESPONSE = 13, 14  # section 3.6
_FAILURE = 5
_LARGEST = 256 * 1024  # bytes of an answer
_MOST_KEYS = 2048
_LIST_SECONDS = 10.0
_SIGN_SECONDS = 60.0  # the agent may ask a person first


class AgentSigner:
    """Signs by one key of the agent; `comment` is what the agent calls it."""

    __slots__ = ("_public", "_seconds", "_socket", "comment")

    def __init__(self, address: str, public: PublicKey, comment: str, seconds: float = _SIGN_SECONDS) -> None:
        self._socket = address
        self._public = public
        self._seconds = seconds
        self.comment = comment

    @property
    def public(self) -> PublicKey:
        """The key that its signatures hold for."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Return the signature of `message`: 64 bytes, verified. Raises `KeyUnreadable`."""
        request = string(self._public.blob) + string(message) + b"\x00\x00\x00\x00"
        answer = _ask(self._socket, _SIGN_REQUEST, request, _SIGN_RESPONSE, self._seconds)
        try:
            reader = Reader(answer.string())
            answer.end()
            algorithm, signature = reader.string(), reader.string()
            reader.end()
        except WireError:
            raise _unreadable("its answer breaks the protocol") from None
        if algorithm != ALGORITHM.encode() or not verify(self._public, message, signature):
            raise _unreadable(f"its signature does not hold for {self._public.id}")
        return signature

    def __repr__(self) -> str:
        return f"AgentSigner({self._public.id})"


def agent_signers(environment: Mapping[str, str], *, seconds: float = _LIST_SECONDS) -> tuple[AgentSigner, ...]:
    """Return a signer for every Ed25519 key of the agent at `SSH_AUTH_SOCK`, in the agent's order.

    Keys that `PublicKey` refuses are passed over. `seconds` bounds the whole answer. Raises `KeyUnreadable` when
    there is no agent, or its answer cannot be read.
    """
    address = environment.get(VARIABLE, "")
    if not address:
        raise _unreadable(f"{VARIABLE} is not set", "start an agent, and add a key with `ssh-add PATH`")
    answer = _ask(address, _REQUEST_IDENTITIES, b"", _IDENTITIES_ANSWER, seconds)
    signers: list[AgentSigner] = []
    try:
        count = answer.number()
        if count > _MOST_KEYS:
            raise _unreadable(f"it lists {count} keys, and at most {_MOST_KEYS} are read")
        for _ in range(count):
            blob, comment = answer.string(), answer.string()
            if Reader(blob).string() == ALGORITHM.encode():
                _add(signers, address, blob, comment)
        answer.end()
    except WireError:
        raise _unreadable("its answer breaks the protocol") from None
    return tuple(signers)


def agent_signer(environment: Mapping[str, str], wanted: str = "") -> AgentSigner:
    """Return the signer of one key of the agent: `wanted` is its id, its `SHA256:` fingerprint or its comment.

    Without `wanted` the agent must hold exactly one Ed25519 key. Raises `KeyUnreadable` when not exactly one fits.
    """
    signers = agent_signers(environment)
    fitting = [
        one for one in signers if not wanted or wanted in (one.public.id, one.public.ssh_fingerprint, one.comment)
    ]
    if len(fitting) == 1:
        return fitting[0]
    hint = "`holdfast key show agent` lists its keys"
    if not signers:
        raise _unreadable("it holds no Ed25519 key", "add one with `ssh-add PATH`")
    if not wanted:
        raise _unreadable(f"it holds {len(signers)} Ed25519 keys, and none is named", hint)
    raise _unreadable(f"{len(fitting) or 'none'} of its keys is named {wanted!a}", hint)


def _add(signers: list[AgentSigner], address: str, blob: bytes, comment: bytes) -> None:
    try:
        public = PublicKey.from_blob(blob)
    except KeyRefused:
        return
    signers.append(AgentSigner(address, public, comment.decode("utf-8", "replace")))


def _ask(address: str, kind: int, body: bytes, expected: int, seconds: float) -> Reader:
    """Send one request and return what follows the type of the expected answer."""
    deadline = time.monotonic() + seconds
    family = getattr(socket, "AF_UNIX", None)
    if family is None:
        raise _unreadable("this system has no sockets of the kind that it listens on")
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(seconds)
            connection.connect(address)
            connection.sendall(string(bytes([kind]) + body))
            length = int.from_bytes(_receive(connection, 4, deadline), "big")
            if not 1 <= length <= _LARGEST:
                raise _unreadable(f"its answer has {length} bytes, and at most {_LARGEST} are read")
            answer = Reader(_receive(connection, length, deadline))
    except TimeoutError:
        raise _unreadable(f"it did not answer within {seconds:g} seconds") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the address
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise _unreadable(f"{VARIABLE} leads to no agent: {reason}") from None
    got = answer.byte()
    if got == _FAILURE:
        raise _unreadable("it refused", "see what it holds with `ssh-add -l`; it may be locked")
    if got != expected:
        raise _unreadable("its answer breaks the protocol")
    return answer


def _receive(connection: socket.socket, count: int, deadline: float) -> bytes:
    taken = b""
    while len(taken) < count:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        piece = connection.recv(count - len(taken))
        if not piece:
            raise _unreadable("its answer ends too early")
        taken += piece
    return taken


def _unreadable(reason: str, hint: str = "") -> KeyUnreadable:
    return KeyUnreadable(AGENT, reason, hint)
