"""The chapters of the story in which somebody attacks: what they have, what they try, and what stops it.

Each attack begins from the true state of things. How the files of an attack are made is in `means.py`.
"""

import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

from means import (
    Insider,
    cutting_server,
    flip_a_bit,
    hostile_archive,
    link,
    replace_text,
    signed_twice,
    with_spoilt_signature,
)
from stage import Stage, fields_of

COMMITTED = ("holdfast.toml", "holdfast.lock", ".holdfast/roots", ".holdfast/state")
NAME, VERSION = "@acme/guards", "2.1.0"  # what the project has locked
STRICT = "ci/modules/@acme/guards/guards/strict.md"


def fresh(stage: Stage) -> Path:
    """Give `web` its true content again, and `ci` a fresh checkout and an empty cache; return `web`."""
    stage.copy("operator/registry", "web")
    stage.copy("app", "ci", *COMMITTED)
    stage.forget_cache()
    return stage.folder / "web"


def on_the_wire(stage: Stage) -> None:
    """The web server, or a place before it."""
    stage.chapter("Attacks: Mallory has the web server, or sits before it")
    archive = Insider(fresh(stage), stage.folder / "mallory").release(NAME, VERSION).archive.removeprefix("sha256:")
    flip_a_bit(stage.folder / "web/blobs/sha256" / archive[:2] / archive)
    stage.stopped("an altered archive", "ci", "holdfast install", "module-tampered")

    for index in fresh(stage).glob("targets/modules/@acme/*.guards.json"):
        replace_text(index, '"privileged":true', '"privileged":false')
    stage.stopped("an altered index document", "ci", "holdfast lock", "registry-tampered")

    for publishers in fresh(stage).glob("targets/*.publishers.json"):
        flip_a_bit(publishers)
    stage.stopped("an altered list of publishers", "ci", "holdfast install", "registry-tampered")

    flip_a_bit(fresh(stage) / "metadata/timestamp.json")
    stage.stopped("an altered timestamp", "ci", "holdfast lock", "registry-tampered")

    with cutting_server(fresh(stage)) as url:
        settings = stage.folder / "ci/holdfast.toml"
        said = settings.read_text(encoding="utf-8")
        replace_text(settings, fields_of(said, {"url": r'url = "(.*)"'})["url"], url)
        stage.stopped("a truncated download", "ci", "holdfast install", "ended before", status=3)

    fresh(stage)
    stage.copy("mallory/older", "web")
    stage.stopped("an older state, replayed", "ci", "holdfast lock", "registry-rollback")

    fresh(stage)
    stage.stopped("a state held still for ten days", "ci", "holdfast lock", "registry-stale", days=10)

    root = fresh(stage) / "metadata/2.root.json"
    shutil.copy(root, stage.folder / "ci/.holdfast/roots/hub.json")
    stage.stopped("another root than the pinned one", "ci", "holdfast lock", "registry-root-refused")


def with_the_online_key(stage: Stage) -> None:
    """The registry's server, with the key that signs its states."""
    stage.chapter("Attacks: Mallory has the registry's online key")
    stage.tell(
        "That key says which releases there are. So Mallory can publish at will: but in nobody's name. A release of "
        "her own, with a back door, signed by her own key:"
    )
    keys = stage.folder / "mallory/keys"
    keys.mkdir()
    for path in (stage.folder / "operator/registry.keys").glob("online.*"):
        shutil.copy(path, keys)
    stage.copy("acme/guards", "mallory/guards")
    replace_text(stage.folder / "mallory/guards/module.toml", f'"{VERSION}"', '"2.9.0"')
    stage.run("mallory", "holdfast key generate own --comment mallory")
    stage.run("mallory", "holdfast module pack guards")
    stage.run("mallory", "holdfast module sign acme-guards-2.9.0.tar --key own")
    archive = stage.folder / "mallory/acme-guards-2.9.0.tar"
    own = (stage.folder / "mallory/acme-guards-2.9.0.tar.sig").read_text()
    release = Insider(fresh(stage), keys).release(NAME, VERSION)
    update = "holdfast update @acme/guards"

    Insider(fresh(stage), keys).slip_in(archive, "acme", own)
    stage.stopped("a release signed by a key nobody registered", "ci", update, "signer-untrusted")

    Insider(fresh(stage), keys).slip_in(archive, "acme")
    stage.stopped("a release without a signature", "ci", update, "signature-missing")

    Insider(fresh(stage), keys).slip_in(archive, "acme", *release.envelopes)
    stage.stopped("a signature moved from another version", "ci", update, "module-tampered")

    Insider(fresh(stage), keys).slip_in(archive, "acme", *release.vetted)
    stage.stopped("a co-signature in the place of a signature", "ci", update, "signature-misplaced")

    def edit(what: str, found: str, **fields: object) -> None:
        Insider(fresh(stage), keys).edit(NAME, VERSION, lambda old: old._replace(**fields))
        stage.stopped(what, "ci", "holdfast install", found)

    edit("an altered signature", "signature-invalid", envelopes=(with_spoilt_signature(release.envelopes[0]),))
    edit("a release that is privileged no more", "module-tampered", privileged=False)
    edit("other bytes under a locked version", "module-tampered", archive="sha256:" + "0" * 64)


def at_the_inbox(stage: Stage, register: Callable[[Stage, str, str, str, str], None], root: str) -> None:
    """Nothing but the inbox, into which everybody may drop things."""
    stage.chapter("Attacks: Mallory drops things into the inbox")
    publish = "holdfast registry publish registry"

    def hand_in(who: str, archive: str, *flags: str) -> None:
        stage.remove("operator/registry.inbox")
        stage.run(who, " ".join(["holdfast registry submit", archive, "--inbox ../operator/registry.inbox", *flags]))

    hand_in("mallory", "acme-guards-2.9.0.tar")
    stage.stopped("a key that may not publish the name", "operator", publish, "signer-untrusted")

    hand_in("mallory", "acme-guards-2.9.0.tar", "--signature ../umbrella/umbrella-wordlists-1.2.0.tar.sig")
    stage.stopped("a signature moved from another module", "operator", publish, "signer-untrusted")

    hand_in("mallory", "acme-guards-2.9.0.tar", "--signature ../acme/acme-guards-2.1.0.tar.sig")
    stage.stopped("a signature moved from another version", "operator", publish, "module-tampered")

    stage.tell("umbrella wants two keys on a release. Mallory has stolen alice's, and lets it sign under two names.")
    stage.copy("umbrella/wordlists", "mallory/wordlists")
    replace_text(stage.folder / "mallory/wordlists/module.toml", "1.2.0", "1.3.0")
    stage.run("mallory", "holdfast module pack wordlists")
    stage.run("mallory", "holdfast module sign umbrella-wordlists-1.3.0.tar --key ../umbrella/alice")
    signature = stage.folder / "mallory/umbrella-wordlists-1.3.0.tar.sig"
    signature.write_text(signed_twice(signature.read_text()))
    hand_in("mallory", "umbrella-wordlists-1.3.0.tar")
    stage.stopped("one key that signs as two", "operator", publish, "threshold-unmet")

    stage.tell("A name that reads like another one: Mallory registers as a publisher, honestly, with the name acrne.")
    stage.copy("mallory/own", "acrne")
    E = None
