"""`registry publishers ...` on the operator's side, `registry answer` on the publisher's. Needs no project."""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta

from holdfast import files
from holdfast.cli.commands.registry import number, required
from holdfast.cli.commands.registry_notices import time_of
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.public_keys import public_key_text
from holdfast.cli.registry_desk import now_text, open_desk
from holdfast.cli.signers import open_signer
from holdfast.cli.sizes import count
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.publish.registry.desk import Desk
from holdfast.reports.findings_json import write
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA
from holdfast.trust.challenge import NONCE_SIZE, answer_challenge
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.publishers import TIERS, Publisher, Publishers, RegisteredKey
from holdfast.trust.strict_fields import time_of as instant_of
from holdfast.trust.strict_fields import time_text
from holdfast.workflows import registry_publishers as acts

_CHALLENGE_DAYS = 7


def publishers(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show or change who may publish what."""
    desk = open_desk(arguments, environment, console)
    action = arguments.text("action", "list")
    if action == "list":
        _list(console, acts.list_publishers(desk))
        return CLEAN
    name = arguments.text("name")
    if not name:
        raise UsageError(f"a publisher's name after {action}", "nothing", "see `holdfast registry publishers --help`")
    _ACTIONS[action](desk, name, arguments, console)
    return CLEAN


def answer(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Answer a challenge."""
    path = os.path.expanduser(arguments.text("challenge"))
    registry = required(arguments, "registry", "the registry you mean, by its first root: sha256:...")
    name = required(arguments, "publisher", "the name you asked for")
    data = files.read_bytes(path)
    signer = open_signer(arguments, environment)
    text = answer_challenge(data, signer, registry=registry, publisher=name, now=now_text())
    output = os.path.expanduser(arguments.text("output", path + ".answer"))
    files.write_atomic(output, text.encode())
    console.line(f"wrote {output}; give it to the registry's operator, with the public key {signer.public.text}")
    return CLEAN


def _challenge(desk: Desk, name: str, arguments: Arguments, console: Console) -> None:
    expires = time_text(instant_of(desk.now) + timedelta(days=_CHALLENGE_DAYS))
    data = acts.challenge(desk, name, os.urandom(NONCE_SIZE), expires)
    output = os.path.expanduser(arguments.text("output", f"{os.path.basename(name)}.challenge"))
    files.write_atomic(output, data)
    console.line(f"wrote {output} for {name}; it can be answered until {expires}")


def _add(desk: Desk, name: str, arguments: Arguments, console: Console) -> None:
    key = PublicKey.from_text(public_key_text(required(arguments, "key", "the publisher's public key")))
    path = os.path.expanduser(required(arguments, "answer", "the challenge, signed by that key"))
    wanted = acts.Wanted(
        name,
        arguments.texts_of("scope"),
        arguments.text("tier"),
        number(arguments, "threshold", 0),
        arguments.text("label"),
        time_of(arguments, "until", ""),
    )
    text = files.read_bytes(path).decode("utf-8", "replace").strip()
    _one(console, acts.register(desk, wanted, key, text))


def _tier(desk: Desk, name: str, arguments: Arguments, console: Console) -> None:
    tier = arguments.text("value")
    if tier not in TIERS:
        raise UsageError(f"a tier: {', '.join(TIERS)}", tier or "nothing")
    _one(console, acts.put_in_tier(desk, name, tier))


def _threshold(desk: Desk, name: str, arguments: Arguments, console: Console) -> None:
    text = arguments.text("value")
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 64):
        raise UsageError("a number of keys from 1 to 64", text or "nothing")
    _one(console, acts.ask_for_keys(desk, name, int(text)))


def _retire(desk: Desk, name: str, arguments: Arguments, console: Console) -> None:
    _one(console, acts.retire(desk, name, arguments.text("value"), time_of(arguments, "until", desk.now)))


_ACTIONS: dict[str, Callable[[Desk, str, Arguments, Console], None]] = {
    "challenge": _challenge,
    "add": _add,
    "tier": _tier,
    "threshold": _threshold,
    "retire-key": _retire,
}


def _list(console: Console, document: Publishers) -> None:
    if console.form == "json":
        rows = [
            {
                "name": one.name,
                "scopes": list(one.scopes),
                "tier": one.tier,
                "threshold": one.threshold,
                "keys": [_fields(key) for key in one.keys],
            }
            for one in document.publishers
        ]
        registry = [_fields(key) for key in document.registry]
        revokers = [_fields(key) for key in document.revokers]
        body = {"publishers": rows, "registry": registry, "revocations": revokers}
        console.result(write({"version": SCHEMA, "command": console.command, **body}))
        return
    for one in document.publishers:
        _one(console, one)
    for title, keys in (("registry", document.registry), ("revocations", document.revokers)):
        console.result(f"({title})\n" + "".join([_key(key) for key in keys]))


def _one(console: Console, publisher: Publisher) -> None:
    head = f"{publisher.name}  {publisher.tier}, {publisher.threshold} of {len(publisher.keys)} keys sign, "
    console.result(plain(head + " ".join(publisher.scopes)) + "\n" + "".join([_key(key) for key in publisher.keys]))
    missing = publisher.threshold - len(publisher.keys)
    if missing > 0:
        console.note(f"note: {publisher.name} can publish nothing until {count(missing, 'more key')} of it is added")


def _key(key: RegisteredKey) -> str:
    end = f" until {key.until}" if key.until else ""
    return plain(f"    {key.key.id}  {key.label}, since {key.since}{end}") + "\n"


def _fields(key: RegisteredKey) -> dict[str, str]:
    return {"id": key.key.id, "key": key.key.text, "label": key.label, "since": key.since, "until": key.until}
