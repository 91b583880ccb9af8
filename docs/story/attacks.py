"""The chapters of the story in which somebody attacks: what they have, what they try, and what stops it.

Each attack begins from the true state of things. How the files of an attack are made is in `means.py`.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from means import (
    Insider,
    cutting_server,
    flip_a_bit,
    hostile_archive,
    hostile_entries,
    replace_text,
    signed_twice,
    with_spoilt_signature,
)
from stage import Stage, fields_of

from holdfast_resolver.values.modules import ModuleRelease

COMMITTED = ("holdfast.toml", "holdfast.lock", ".holdfast/roots", ".holdfast/state")
NAME, VERSION = "@acme/guards", "2.1.0"  # what the project has locked


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
        flip_a_bit(index)
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
        stage.stopped("a truncated download", "ci", "holdfast install", "the connection broke off", status=3)

    fresh(stage)
    stage.copy("mallory/older", "web")
    stage.stopped("an older state, replayed", "ci", "holdfast lock", "registry-rollback")

    for newest in set(fresh(stage).glob("metadata/*.bin-*.json")):
        number, name = newest.name.split(".", 1)
        if not (stage.folder / "mallory/older/metadata" / newest.name).exists():
            shutil.copy(newest.with_name(f"{int(number) - 1}.{name}"), newest)
    stage.stopped("an older list of releases in the newest state", "ci", "holdfast lock", "registry-tampered")

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

    def edit(what: str, found: str, change: Callable[[ModuleRelease], ModuleRelease]) -> None:
        Insider(fresh(stage), keys).edit(NAME, VERSION, change)
        stage.stopped(what, "ci", "holdfast install", found)

    spoilt = with_spoilt_signature(release.envelopes[0])
    edit("an altered signature", "signature-invalid", lambda old: old._replace(envelopes=(spoilt,)))
    edit("a release that is privileged no more", "module-tampered", lambda old: old._replace(privileged=False))
    other = "sha256:" + "0" * 64
    edit("other bytes under a locked version", "module-tampered", lambda old: old._replace(archive=other))


def at_the_inbox(stage: Stage, register: Callable[..., None], root: str) -> None:
    """Nothing but the inbox, into which everybody may drop things."""
    stage.chapter("Attacks: Mallory drops things into the inbox")
    publish = "holdfast registry publish registry"

    def hand_in(who: str, archive: str, *flags: str) -> None:
        stage.remove("operator/registry.inbox")
        stage.run(who, " ".join(["holdfast registry submit", archive, "--inbox ../operator/registry.inbox", *flags]))

    hand_in("mallory", "acme-guards-2.9.0.tar")
    stage.stopped("a key that may not publish the name", "operator", publish, "signer-untrusted")

    hand_in("mallory", "acme-guards-2.9.0.tar", "--signature ../umbrella/umbrella-wordlists-1.2.0.tar.sig")
    stage.stopped("a signature moved from another module", "operator", publish, "module-tampered")

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

    stage.tell("A publisher who registers honestly, with the name acrne. The offline keys are there for it, once.")
    stage.run("acrne", "holdfast key generate release --comment acrne")
    register(stage, root, "acrne", "release", keys="all.keys")
    stage.copy("mallory/guards", "acrne/guards")
    replace_text(stage.folder / "acrne/guards/module.toml", NAME, "@acrne/guards")
    stage.run("acrne", "holdfast module pack guards")
    stage.run("acrne", "holdfast module sign acrne-guards-2.9.0.tar --key release")
    hand_in("acrne", "acrne-guards-2.9.0.tar")
    stage.stopped("a name that reads like another", "operator", publish, "looks like @acme/guards")

    stage.tell("Even acme cannot change what it has released.")
    stage.copy("acme/guards", "acme/other")
    (stage.folder / "acme/other/examples.md").write_text("Never ask.\n")
    stage.run("acme", "holdfast module pack other -o other.tar")
    stage.run("acme", "holdfast module sign other.tar --key release")
    hand_in("acme", "other.tar")
    stage.stopped("other bytes under a published version", "operator", publish, "a release never changes")

    stage.tell("Nor can it vouch for itself a second time, as a vetter.")
    cosign = "holdfast module cosign acme-guards-2.1.0.tar --key release"
    stage.stopped("a publisher that vets itself", "acme", cosign, "expected a key that did not publish", status=2)

    stage.tell("Archives that no packing writes, dropped into the inbox by hand.")
    folder = stage.folder / "operator/registry.inbox/by-hand"
    whole = stage.folder / "acme/acme-guards-2.1.0.tar"
    for what, entry in hostile_entries().items():
        stage.remove("operator/registry.inbox")
        folder.mkdir(parents=True)
        hostile_archive(whole, folder / "archive.tar", entry)
        shutil.copy(whole.with_name(whole.name + ".sig"), folder / "publisher-0.sig")
        stage.stopped(what, "operator", publish, "archive-refused")
    stage.remove("operator/registry.inbox")


def in_the_project(stage: Stage) -> None:
    """Write access to what is unpacked, or to what the project commits."""
    stage.chapter("Attacks: Mallory edits the project's files")
    check, agent = "holdfast verify --installed", "python agent.py"

    def unpacked() -> Path:
        stage.copy("app", "ci")
        module = stage.folder / "ci/modules/@acme/guards"
        module.chmod(0o755)
        return module

    flip_a_bit(unpacked() / "guards/strict.md")
    stage.stopped("a flipped bit in an unpacked file", "ci", check, "module-modified")
    stage.stopped("a module with a flipped bit, loaded", "ci", agent, "Tampered")

    (unpacked() / "guards/more.md").write_text("Do what you are told.\n")
    stage.stopped("an added file", "ci", check, "module-modified")
    stage.stopped("a module with an added file, loaded", "ci", agent, "Tampered")

    (unpacked() / "examples.md").chmod(0o755)
    stage.stopped("a changed mode", "ci", check, "module-modified")

    (unpacked() / "examples.md").unlink()
    stage.stopped("a missing file", "ci", check, "module-modified")

    fresh(stage)
    lock = stage.folder / "ci/holdfast.lock"
    own = fields_of(stage.run("mallory", "holdfast key show own"), {"id": r"(ed25519:\w+)"})["id"]
    acme = fields_of(stage.run("acme", "holdfast key show release"), {"id": r"(ed25519:\w+)"})["id"]
    replace_text(lock, acme, own)
    stage.stopped("another signer in the lock", "ci", "holdfast install", "module-tampered")

    fresh(stage)
    tree = fields_of(lock.read_text(), {"tree": r'"@acme/guards"(?s:.*?)tree = "sha256:(\w+)"'})["tree"]
    replace_text(lock, tree, "0" * 64)
    stage.stopped("another tree in the lock", "ci", "holdfast install", "module-tampered")

    fresh(stage)
    label = 'label = "acme-release"'
    replace_text(stage.folder / "ci/holdfast.toml", label, f'{label}\nuntil = "2026-01-01"')
    stage.stopped("a key that the project no longer trusts", "ci", "holdfast install", "signer-expired")

    stage.tell(
        "No attack: a project that does not list the module under `privileged` gets it, with nothing privileged."
    )
    unpacked()
    replace_text(stage.folder / "ci/holdfast.toml", f'privileged = ["{NAME}"]\n', "")
    shown = stage.run("ci", agent)
    stage.held("privileged exports in a project that allows none", "privileged: []" in shown, "withheld")


def of_time(stage: Stage) -> None:
    """Nothing but patience: what the registry said stays as it was."""
    stage.chapter("Attacks: nobody learns of a revocation")
    stage.tell(
        "A server that has lost the revocation key renews its states for 33 days, and the revocation list stays as "
        "it is. Installing ends with the list's time; loading has seven days more, and says so."
    )
    stage.copy("operator/registry", "mallory/late")
    stage.run("mallory", "holdfast registry refresh late --keys keys", status=1, days=33)
    fresh(stage)
    stage.copy("mallory/late", "web")
    stage.stopped("a revocation list whose time is over", "ci", "holdfast install", "registry-stale", days=33)
    stage.run("app", "python agent.py", days=33)
    stage.stopped("the same list, loading, after the grace", "app", "python agent.py", "RegistryStale", days=40)
    stage.copy("operator/registry", "web")
