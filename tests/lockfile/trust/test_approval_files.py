"""Files of approvals: signed, named by what they say, and each read alone."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.model.approval import Act
from holdfast.model.security import Security
from holdfast.trust import approval_files
from holdfast.trust.approval_files import LONGEST_FILE, Acts, read_acts, sign_act
from holdfast.trust.approval_statement import LONGEST_PAYLOAD, write_act
from holdfast.trust.dsse import (
    PAYLOAD_INTOTO,
    Envelope,
    pae,
    parse_envelope,
    sign_envelope,
    verify_envelope,
    write_envelope,
)
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import InvalidSignature, KeyRefused, MalformedSignature
from holdfast.trust.key_writing import write_key
from holdfast.trust.ssh_agent import agent_signer
from holdfast.trust.strict_json import canonical
from tests.support.approvals import (
    approval,
    approver,
    as_signed,
    baseline,
    change,
    make_lock,
    make_pin,
    read_all,
    security,
    security_change,
    signed,
    trail,
)
from tests.support.signing_keys import public, signer

RULES = security("alice", "bob")
OLD, NEW = make_lock(make_pin("left")), make_lock(make_pin("left", "1.1"))
ROOT = signed(baseline(OLD, RULES), "alice")
UPDATE = approval(RULES, change("left", OLD, NEW, follows=trail(ROOT)))
FILE = signed(UPDATE, "alice")


def _ids(*words: str) -> tuple[str, ...]:
    return tuple(sorted([public(word).id for word in words]))


def _resigned(edit: Callable[[Any], object], act: Act = UPDATE, word: str = "alice") -> tuple[str, bytes]:
    """A file whose statement was edited, signed and named anew: what an approver's broken tool could make."""
    document = json.loads(write_act(act))
    edit(document)
    return _named(sign_envelope(PAYLOAD_INTOTO, canonical(document), [signer(word)]))


def _named(envelope: Envelope) -> tuple[str, bytes]:
    return f"{hashlib.sha256(envelope.payload).hexdigest()}.json", write_envelope(envelope).encode() + b"\n"


def _with(*signatures: tuple[str, bytes]) -> tuple[str, bytes]:
    payload = write_act(UPDATE)
    return _named(Envelope(PAYLOAD_INTOTO, payload, signatures))


def _signature(word: str, payload: bytes = write_act(UPDATE)) -> bytes:
    return signer(word).sign(pae(PAYLOAD_INTOTO, payload))


def _keys(file: tuple[str, bytes]) -> tuple[str, ...]:
    """The keys of the one act of a file; it must not be broken."""
    [act] = read_all(trail(file), RULES).acts
    return act.keys


def _reason(file: tuple[str, bytes], *rules: Security) -> str:
    """Why the file is broken; another one beside it is not."""
    acts = read_all(trail(file, ROOT), *(rules or (RULES,)))
    assert [act.digest for act in acts.acts] == [ROOT[0][:64]]
    [broken] = acts.broken
    assert broken.name == file[0]
    return broken.reason


def test_a_file_reads_back() -> None:
    """Its name is the digest of its payload, its text the one of its envelope, and its keys are who signed."""
    name, data = FILE
    envelope = parse_envelope(data)
    assert name == hashlib.sha256(envelope.payload).hexdigest() + ".json"
    assert data.decode() == write_envelope(envelope) + "\n"
    assert read_all(trail(FILE), RULES) == Acts((as_signed(UPDATE, "alice"),))
    assert signed(UPDATE, "alice") == FILE


def test_acts_are_sorted_by_their_digests() -> None:
    """In whatever order the files come, and broken ones by name."""
    files = [signed(UPDATE._replace(reason=f"reason {number}"), "alice") for number in range(9)]
    spoiled = [(name, b"") for name in ("b.json", "a.json")]
    read = read_all(trail(*files, *spoiled), RULES)
    assert read == read_all(trail(*spoiled[::-1], *files[::-1]), RULES)
    assert [act.digest for act in read.acts] == sorted([name[:64] for name, _ in files])
    assert [broken.name for broken in read.broken] == ["a.json", "b.json"]


def test_no_files() -> None:
    """Nothing is nothing."""
    assert read_acts({}, []) == Acts(())


def test_distinct_keys_count() -> None:
    """Two signers are two keys, in one file or however often their signatures stand there."""
    assert _keys(signed(UPDATE, "alice", "bob")) == _ids("alice", "bob")
    assert _keys(signed(UPDATE, "alice", "alice")) == _ids("alice")
    [(_, mine)] = parse_envelope(FILE[1]).signatures
    alice = public("alice").id
    assert _keys(_with((alice, mine), (alice, mine))) == _ids("alice")
    assert _keys(_with((alice, mine), ("another", mine), ("", mine))) == _ids("alice")


def test_a_key_that_nobody_knows() -> None:
    """The act is read, and nobody stands behind it; beside one who does, the stranger is passed over."""
    assert _keys(signed(UPDATE, "mallory")) == ()
    assert _keys(signed(UPDATE, "alice", "mallory")) == _ids("alice")
    assert _keys(_with((public("mallory").id, bytes(64)))) == ()


def test_a_signature_counts_for_the_key_that_it_names() -> None:
    """Alice's own signature under no id, or a stranger's, is nobody's: ids say which key to try, and only that."""
    for name in ("", "alice", public("mallory").id):
        assert _keys(_with((name, _signature("alice")))) == ()


def test_keys_of_configurations_inside_acts_are_known() -> None:
    """Who could approve once is known from the trail itself; whether that counts is not said here."""
    [root] = read_acts(trail(ROOT), []).acts
    assert root.keys == _ids("alice")
    rules = security("alice", "carol")
    step = signed(approval(RULES, security=security_change(RULES, rules, trail(ROOT))), "bob")
    update = signed(UPDATE, "carol")
    assert {act.digest: act.keys for act in read_acts(trail(ROOT, step, update), []).acts} == {
        ROOT[0][:64]: _ids("alice"),
        step[0][:64]: _ids("bob"),
        update[0][:64]: _ids("carol"),
    }
    assert [act.keys for act in read_acts(trail(update), []).acts] == [()]


def test_a_key_that_may_not_be_used_is_refused() -> None:
    """Of the configuration in force: it is refused there first."""
    with pytest.raises(KeyRefused):
        read_acts({}, ["00" * 32])


_TEXT = FILE[1].decode()
_ENVELOPE = json.loads(_TEXT)


def _envelope(**fields: Any) -> tuple[str, bytes]:
    return FILE[0], json.dumps({**_ENVELOPE, **fields}).encode()


_OTHER = write_act(UPDATE._replace(reason="edited"))
_ALICE = public("alice").id
BROKEN = {
    "empty": ((FILE[0], b""), "a JSON document"),
    "truncated": ((FILE[0], FILE[1][:-30]), "a JSON document"),
    "cut within the payload": ((FILE[0], FILE[1][:100]), "a JSON document"),
    "no envelope": ((FILE[0], write_act(UPDATE)), "no other fields"),
    "an edited payload": (
        _envelope(payload=base64.b64encode(_OTHER).decode()),
        "it is not named by the digest of its payload",
    ),
    "another name": (("0" * 64 + ".json", FILE[1]), "it is not named by the digest of its payload"),
    "a name in capitals": ((FILE[0].upper(), FILE[1]), "it is not named by the digest of its payload"),
    "a name without suffix": ((FILE[0][:64], FILE[1]), "it is not named by the digest of its payload"),
    "a name in a folder": ((f"old/{FILE[0]}", FILE[1]), "it is not named by the digest of its payload"),
    "a copy": ((f"{FILE[0][:64]} (1).json", FILE[1]), "it is not named by the digest of its payload"),
    "the payload twice": ((FILE[0], _TEXT.replace('"payload":', '"payload":"","payload":', 1).encode()), "once"),
    "the payload at the end": (
        (FILE[0], _TEXT.replace("}]}", f'}}],"payload":"{_ENVELOPE["payload"]}"}}').encode()),
        "once",
    ),
    "a field unknown": (_envelope(extra=1), "no other fields"),
    "no signature": (_envelope(signatures=[]), "1 to 16"),
    "seventeen signatures": (_envelope(signatures=_ENVELOPE["signatures"] * 17), "at most 16"),
    "base64 without padding": (_envelope(payload=_ENVELOPE["payload"][:-4] + "AAA"), "base64"),
    "base64 with more": (_envelope(payload=_ENVELOPE["payload"] + "===="), "base64"),
    "base64 with a line feed": ((FILE[0], _TEXT.replace('"payload":"', '"payload":"\\n').encode()), "control"),
    "an empty payload": (_envelope(payload=""), "it is not named by the digest of its payload"),
    "another payload type": (_envelope(payloadType="application/json"), PAYLOAD_INTOTO),
    "a signature of another act": (_with((_ALICE, _signature("alice", _OTHER))), "does not hold"),
    "another's signature under a known id": (_with((_ALICE, _signature("mallory"))), "does not hold"),
    "bob's signature under alice's id": (_with((_ALICE, _signature("bob"))), "does not hold"),
    "a signature over the bare payload": (_with((_ALICE, signer("alice").sign(write_act(UPDATE)))), "does not hold"),
    "a signature of nothing": (_with((_ALICE, bytes(64))), "does not hold"),
    "one key under two known ids": (
        _with((_ALICE, _signature("alice")), (public("bob").id, _signature("alice"))),
        "does not hold",
    ),
    "a bad signature beside a good one": (
        _with((_ALICE, _signature("alice")), (public("bob").id, bytes(64))),
        "does not hold",
    ),
    "another predicate type": (
        _resigned(lambda one: one.update(predicateType="https://holdfast.example/module/v1")),
        "found 'https://holdfast.example/module/v1'",
    ),
    "critical": (_resigned(lambda one: one["predicate"].update(critical=["quorum"])), "understands"),
    "a swapped digest in capitals": (
        _resigned(lambda one: one["subject"][0].update(digest={"sha256": "A" * 64})),
        "subject[0]",
    ),
    "a reason that turns around": (_resigned(lambda one: one["predicate"].update(reason="\u202e")), "U+202E"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file(name: str) -> None:
    """It is named with the reason, and hides no other file."""
    file, words = BROKEN[name]
    assert words in _reason(file)


def _small_order(document: Any) -> None:
    key = base64.b64encode(public("alice").blob[:-32] + bytes([1]) + bytes(31)).decode()
    document["predicate"]["security"]["after"]["approvers"][0]["key"] = f"ssh-ed25519 {key}"


def test_an_approver_with_a_small_order_key_breaks_the_act() -> None:
    """Such a key signs anything for anybody, so an act that names one is no act."""
    act = approval(RULES, security=security_change(RULES, security("alice"), trail(ROOT)))
    assert "small order" in _reason(_resigned(_small_order, act))


def test_any_formatting_of_an_envelope_is_read() -> None:
    """Line ends of another system, blanks and another order of its keys change neither name nor signature."""
    name, data = FILE
    for text in (
        data.replace(b"\n", b"\r\n"),
        json.dumps(_ENVELOPE, indent=2).encode(),
        json.dumps(_ENVELOPE, sort_keys=True, indent=2).replace("\n", "\r\n").encode(),
        json.dumps(dict(reversed(_ENVELOPE.items()))).encode(),
    ):
        assert _keys((name, text)) == _ids("alice")


def test_a_file_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer ones are not read, whatever they say; every payload that is read fits into a file."""
    assert LONGEST_PAYLOAD * 4 // 3 + 16 * 1024 < LONGEST_FILE
    monkeypatch.setattr(approval_files, "LONGEST_FILE", len(FILE[1]) - 1)
    assert "at most" in _reason_of_one(FILE)
    with pytest.raises(MalformedSignature, match="at most"):
        signed(UPDATE, "alice")


def _reason_of_one(file: tuple[str, bytes]) -> str:
    [broken] = read_all(trail(file), RULES).broken
    return broken.reason


def test_a_large_lock_fits() -> None:
    """A baseline of five hundred pins with twelve files each is read as every other act."""
    files = [f"{number}.whl" for number in range(12)]
    lock = make_lock(*[make_pin(f"package-{number}", files=files) for number in range(500)])
    file = signed(baseline(lock, RULES), "alice")
    [act] = read_all(trail(file), RULES).acts
    assert len(act.act.packages) == 500
    assert sum(len(one.after[0].pin.artifacts) for one in act.act.packages) == 6000
    assert len(file[1]) < LONGEST_FILE // 20


def test_work_grows_with_the_files_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many keys other acts carry, a signature is tried with the one that it names."""
    tried: list[int] = []

    def counting(envelope: Envelope, kind: str, keys: Iterable[PublicKey], about: str) -> tuple[PublicKey, ...]:
        found = list(keys)
        tried.append(len(found))
        return verify_envelope(envelope, kind, found, about)

    many = security(*[f"person {number}" for number in range(40)])
    files = trail(ROOT, _with(*[("", bytes(64))] * 16), signed(baseline(OLD, many), "person 3"))
    monkeypatch.setattr(approval_files, "verify_envelope", counting)
    assert len(read_all(files, RULES).acts) == 3
    assert sorted(tried) == [0, 1, 1]


def test_reading_needs_no_heavy_modules() -> None:
    """What writes canonical JSON, reads registries or speaks to agents is not loaded to read approvals."""
    code = (
        "import sys; from holdfast.trust.approval_files import read_acts;"
        "name, data = sys.argv[1], sys.stdin.buffer.read();"
        "acts = read_acts({name: data}, []);"
        "print(len(acts.acts[0].keys), *sorted({one.partition('.')[0] for one in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code, ROOT[0]], input=ROOT[1], capture_output=True, check=True)
    held, *modules = done.stdout.decode().split()
    assert held == "1"
    assert "cryptography" in modules
    assert not {"rfc8785", "tuf", "securesystemslib", "rich", "packaging", "socket", "urllib"} & set(modules)


class _Liar:
    """A signer whose signatures do not hold."""

    def __init__(self, word: str) -> None:
        self.public: PublicKey = public(word)

    def sign(self, message: bytes) -> bytes:
        return signer("mallory").sign(message)


def test_what_was_signed_is_verified() -> None:
    """An agent that signs by another key than it says is found before the file is written; nobody is nobody."""
    with pytest.raises(InvalidSignature) as refused:
        sign_act(UPDATE, [signer("bob"), _Liar("alice")])
    assert refused.value.signer == public("alice").id
    with pytest.raises(MalformedSignature, match="found 0"):
        sign_act(UPDATE, [])


@pytest.fixture
def agent() -> Iterator[dict[str, str]]:
    """OpenSSH's own agent, which holds the key "alice"."""
    if not all(map(shutil.which, ("ssh-agent", "ssh-add"))):
        pytest.skip("there is no ssh-agent here")
    with tempfile.TemporaryDirectory(prefix="hf") as name:  # short enough for a socket
        folder = Path(name)
        address = str(folder / "agent")
        environment = {"PATH": os.environ["PATH"], "SSH_AUTH_SOCK": address, "HOME": name}
        process = subprocess.Popen(["ssh-agent", "-D", "-a", address], env=environment, stdout=subprocess.DEVNULL)
        try:
            for _ in range(200):
                if os.path.exists(address):
                    break
                threading.Event().wait(0.02)
            write_key(str(folder / "key"), signer("alice"), comment="alice@acme.example")
            subprocess.run(["ssh-add", "-q", str(folder / "key")], env=environment, check=True, timeout=20)
            yield environment
        finally:
            process.terminate()
            process.wait(10)


def test_an_approval_by_a_key_in_an_agent(agent: dict[str, str]) -> None:
    """It is the same file as by the key itself, and verifies."""
    file = sign_act(UPDATE, [agent_signer(agent, public("alice").id)])
    assert file == FILE
    assert _keys(file) == _ids("alice")


def test_approvers_with_words_of_all_sorts() -> None:
    """Names, roles and addresses of a configuration are read as they were written."""
    rules = security(approver("alice", "s\u00e9curit\u00e9", emails=('"a b"@acme.example',)), rest='{"a":"\\"{[\\\\"}')
    [act] = read_acts(trail(signed(baseline(OLD, rules), "alice")), []).acts
    assert act.act.security is not None
    assert act.act.security.after == rules
