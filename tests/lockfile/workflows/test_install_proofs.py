"""What must hold before a locked module is unpacked: every difference has its own refusal, and one stops all."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import read_configuration
from holdfast.errors import Undecided
from holdfast.findings.finding import fails
from holdfast.format.read import read
from holdfast.model.lock import Lock, ModuleFacts, Pin, PinnedArtifact
from holdfast.trust.errors import (
    ArchiveRefused,
    RegistryStale,
    SignatureNotFound,
    Tampered,
    ThresholdUnmet,
    TrustError,
    UntrustedSigner,
)
from holdfast.trust.registry_client import RegistryView
from holdfast.workflows.install import Fetch, judge_pins, prepare_install, unpack, verify_pins
from holdfast.workflows.module_market import ModuleMarket
from holdfast.workflows.module_pins import module_pins
from holdfast.workflows.verify_installed import Unlike, installed_findings
from holdfast.workflows.verify_modules import Gathered, verify_modules
from holdfast_resolver.errors import RegistryUnavailable
from holdfast_resolver.values.wishes import Source
from tests.support.module_projects import ModuleProject, clock, live_registry, serving_folder
from tests.support.signing_keys import public

GUARDS, BASE = "@acme/guards", "@acme/base"
ZERO = "sha256:" + "0" * 64
STRANGER = public("mallory").id


class World:
    """A locked project as values, and its registry without HTTP."""

    def __init__(self, project: ModuleProject, store: Path) -> None:
        self.project = project
        self.store = store
        self.lock = read(project.lock.read_bytes(), "holdfast.lock")
        self.configuration = self.configured({})

    def configured(self, options: Mapping[str, tuple[str, ...]]) -> Configuration:
        """The configuration with other trust or policy."""
        before = self.project.configuration.read_bytes()
        self.project.configure({GUARDS: "^2.1"}, **options)  # type: ignore[arg-type] # passed on
        text = self.project.configuration.read_bytes()
        self.project.configuration.write_bytes(before)
        return read_configuration(lambda path: text if path == "holdfast.toml" else None)

    def market(self, seconds: float = 0, configuration: Configuration | None = None) -> ModuleMarket:
        """The registry as it is seen so many seconds from now."""
        registry, now = self.project.registry, clock(seconds)

        def view(source: Source) -> RegistryView:
            digest, store = registry.root_digest, str(self.store)
            return RegistryView.open(source.name, registry.root, digest, store=store, get=registry.get, now=now)

        return ModuleMarket(configuration or self.configuration, view, now)

    def archive(self, pin: Pin) -> bytes:
        """The archive of a pin as the registry has it."""
        return self.project.registry.archive(pin.name, pin.version).read_bytes()

    def change(self, name: str, change: Callable[[Pin], Pin]) -> Lock:
        """The lock with another pin in place of the named one."""
        return self.lock._replace(
            packages=tuple([change(pin) if pin.name == name else pin for pin in self.lock.packages])
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Nothing here changes it."""
    folder = tmp_path_factory.mktemp("world")
    registry = live_registry(folder / "registry")
    registry.publish(BASE, "1.2.0", cosign=True, permissions={"network": ["api.acme.example"]}, now=clock())
    registry.publish(GUARDS, "2.1.0", dependencies={BASE: "^1.2"}, now=clock())
    with serving_folder(registry.path) as server:
        project = ModuleProject(folder, registry, server.url, {GUARDS: "^2.1"}).locked()
    return World(project, folder / "store")


def facts(change: Callable[[ModuleFacts], ModuleFacts]) -> Callable[[Pin], Pin]:
    """A pin with other facts."""

    def act(pin: Pin) -> Pin:
        assert pin.module is not None
        return pin._replace(module=change(pin.module))

    return act


def with_hash(pin: Pin) -> Pin:
    return pin._replace(artifacts=(PinnedArtifact(pin.artifacts[0].file, ZERO),))


def test_all_modules_are_given_one_at_a_time(world: World) -> None:
    """Signers are verified at once; an archive is fetched when its module's turn comes."""
    fetched: list[str] = []

    def fetch(pin: Pin) -> bytes:
        fetched.append(pin.name)
        return world.archive(pin)

    given = prepare_install(world.lock, world.configuration, world.market(), fetch)
    assert fetched == []
    assert next(given).name == BASE
    assert fetched == [BASE]
    last = next(given)
    assert (last.name, last.version) == (GUARDS, "2.1.0")
    assert [file.path for file in last.contents] == ["README.md", "guards/strict.md", "module.toml"]


# What the lock says of `@acme/base` that is not so; what is refused, and as what.
LIES: list[tuple[str, Callable[[Pin], Pin], type[TrustError], str]] = [
    ("another archive", with_hash, Tampered, "archive"),
    ("another tree", facts(lambda one: one._replace(tree=ZERO)), Tampered, "tree"),
    ("another version", lambda pin: pin._replace(version="1.2.1"), Tampered, "the release that is locked,"),
    ("no signer", lambda pin: pin._replace(signers=()), Tampered, "signers"),
    ("another signer", lambda pin: pin._replace(signers=(STRANGER,)), Tampered, "signers"),
    ("one signer more", lambda pin: pin._replace(signers=(*pin.signers, STRANGER)), Tampered, "signers"),
    ("a higher threshold", facts(lambda one: one._replace(threshold=2)), ThresholdUnmet, ""),
    ("another co-signer", facts(lambda one: one._replace(vetted=(STRANGER,))), SignatureNotFound, ""),
    ("one co-signer more", facts(lambda one: one._replace(vetted=(*one.vetted, STRANGER))), SignatureNotFound, ""),
]


@pytest.mark.parametrize(("change", "error", "what"), [row[1:] for row in LIES], ids=[row[0] for row in LIES])
def test_a_lock_that_says_otherwise_is_refused(
    world: World, change: Callable[[Pin], Pin], error: type[TrustError], what: str
) -> None:
    """No archive is fetched; the module is named, and the other one is judged all the same."""
    lock = world.change(BASE, change)
    with pytest.raises(error) as caught:
        verify_pins(lock, world.configuration, world.market())
    assert caught.value.fields()["subject"].startswith(BASE)  # type: ignore[attr-defined] # a subject is a text
    assert caught.value.fields().get("what", "") == what
    judged = judge_pins(lock, module_pins(lock), world.configuration, world.market())
    assert (list(judged.releases), [pin.name for pin, _ in judged.refused], judged.failed) == ([GUARDS], [BASE], ())


def test_a_co_signature_that_came_later_is_no_difference(world: World) -> None:
    """A release that was vetted since it was locked still holds: the lock names who must have, not who may."""
    lock = world.change(BASE, facts(lambda one: one._replace(vetted=())))
    assert verify_pins(lock, world.configuration, world.market()).keys() == {BASE, GUARDS}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (facts(lambda one: one._replace(permissions=())), "permissions"),
        (facts(lambda one: one._replace(permissions=("network:api.acme.example", "program:git"))), "permissions"),
        (facts(lambda one: one._replace(privileged=True)), "privileged"),
        (facts(lambda one: one._replace(tree=ZERO)), "tree"),
    ],
)
def test_an_archive_that_is_not_what_the_lock_says_is_refused(
    world: World, change: Callable[[Pin], Pin], what: str
) -> None:
    """The archive itself is asked, whatever the registry says of it."""
    release = world.project.registry.release(BASE, "1.2.0")
    ((pin, asked),) = module_pins(world.change(BASE, change), frozenset([BASE]))
    with pytest.raises(Tampered) as caught:
        unpack(pin, asked, release, world.archive(pin))
    assert caught.value.what == what


def test_an_archive_of_another_module_is_refused(world: World) -> None:
    """Another module's archive has another tree; bytes that are no archive have none."""
    release = world.project.registry.release(BASE, "1.2.0")
    (base, asked), (guards, _) = module_pins(world.lock)
    with pytest.raises(Tampered):
        unpack(base, asked, release, world.archive(guards))
    with pytest.raises(ArchiveRefused):
        unpack(base, asked, release, world.archive(base)[:-1])


def test_a_release_that_states_other_than_its_manifest_is_refused(world: World) -> None:
    """What the publisher signed of dependencies, and what is in the archive, must be one."""
    release = world.project.registry.release(BASE, "1.2.0")._replace(dependencies=((GUARDS, "*"),))
    ((pin, asked),) = module_pins(world.lock, frozenset([BASE]))
    with pytest.raises(Tampered) as caught:
        unpack(pin, asked, release, world.archive(pin))
    assert caught.value.what == "dependencies"


def test_a_stale_revocation_list_closes_the_registry(world: World) -> None:
    """Install fails closed: there is no grace here, for none of its modules."""
    market = world.market()
    market.now = clock(10 * 365 * 24 * 3600)
    with pytest.raises(RegistryStale) as caught:
        verify_pins(world.lock, world.configuration, market)
    assert caught.value.document == "revocations.json"
    judged = judge_pins(world.lock, module_pins(world.lock), world.configuration, market)
    assert (judged.releases, len(judged.refused)) == ({}, 2)


def test_trust_of_the_project_is_asked_anew(world: World) -> None:
    """A project that has come to trust others for the name no longer takes it from this publisher."""
    configuration = world.configured({"trust": ("mallory",)})
    with pytest.raises(UntrustedSigner):
        verify_pins(world.lock, configuration, world.market(configuration=configuration))


def test_another_source_or_root_is_undecided(world: World) -> None:
    """Where the configuration no longer leads to what was locked, nothing is asked."""
    (source,) = world.configuration.module_sources
    for other in (source._replace(name="other"), source._replace(identity=ZERO)):
        configuration = world.configuration._replace(module_sources=(other,))
        with pytest.raises(Undecided):
            verify_pins(world.lock, configuration, world.market(configuration=configuration))


def no_gathering(pins: tuple[Pin, ...]) -> Gathered:
    """Everything is at hand."""
    return Gathered(0, {})


def verified(world: World, fetch: Fetch, names: frozenset[str] = frozenset()) -> tuple[int, int, list[str], list[str]]:
    """Verify; give modules, bytes, and the names of what was refused and not checked."""
    done = verify_modules(world.lock, names, world.configuration, world.market(), no_gathering, fetch)
    refused = [f"{pin.name} {type(error).__name__}" for pin, error in done.refused]
    return done.modules, done.size, refused, [f"{one.pin.name}: {one.reason}" for one in done.unchecked]


def test_verify_goes_on_after_a_refusal(world: World) -> None:
    """One archive is refused, or cannot be had: the other is verified, and just that is counted."""
    sizes = {pin.name: len(world.archive(pin)) for pin in world.lock.packages}
    assert verified(world, world.archive) == (2, sum(sizes.values()), [], [])
    assert verified(world, world.archive, frozenset([BASE])) == (1, sizes[BASE], [], [])

    def altered(pin: Pin) -> bytes:
        return world.archive(pin)[: -1 if pin.name == BASE else None]

    def absent(pin: Pin) -> bytes:
        if pin.name == BASE:
            raise RegistryUnavailable(pin.source, pin.name, "", "no connection")
        return world.archive(pin)

    assert verified(world, altered) == (1, sizes[GUARDS], [f"{BASE} ArchiveRefused"], [])
    assert verified(world, absent) == (1, sizes[GUARDS], [], [f"{BASE}: acme: no connection"])


def test_what_could_not_be_gathered_is_not_fetched_again(world: World) -> None:
    """What failed among many is told as it failed, and only what holds by its signers is gathered at all."""
    asked: list[str] = []

    def gather(pins: tuple[Pin, ...]) -> Gathered:
        asked.extend(pin.name for pin in pins)
        failed = {pins[0].artifacts[0].hash: Tampered(BASE, "archive", "this", "that")}
        return Gathered(1, failed)

    def fetch(pin: Pin) -> bytes:
        assert pin.name == GUARDS
        return world.archive(pin)

    done = verify_modules(world.lock, frozenset(), world.configuration, world.market(), gather, fetch)
    assert asked == [BASE, GUARDS]
    assert (done.modules, done.fetched, [pin.name for pin, _ in done.refused]) == (1, 1, [BASE])
    lock = world.change(GUARDS, with_hash)
    asked.clear()
    verify_modules(lock, frozenset(), world.configuration, world.market(), gather, fetch)
    assert asked == [BASE]


def test_findings_of_what_is_unpacked(world: World) -> None:
    """In the order of the lock, then what the lock does not have; each fails, and names the next command."""
    unlike = {GUARDS: Unlike("README.md changed", modified=True), BASE: Unlike("not unpacked", modified=False)}
    found = installed_findings(world.lock.packages, unlike, ["@evil/thing"])
    assert [(one.code, one.subject, one.found) for one in found] == [
        ("module-not-installed", "@acme/base 1.2.0", "not unpacked"),
        ("module-modified", "@acme/guards 2.1.0", "README.md changed"),
        ("module-modified", "@evil/thing", "not in the lock"),
    ]
    assert all(fails(one) and one.hints == ("holdfast install",) for one in found)
    assert installed_findings(world.lock.packages, {}, []) == ()
