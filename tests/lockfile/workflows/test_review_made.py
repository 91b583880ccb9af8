"""What waits, made ready to be judged: who is known here, what pulls it in, what was said of it before."""

from holdfast.approvals.judge import Judgement, SecurityWaiting, Standing, Waiting
from holdfast.format.order import canonical
from holdfast.model.approval import Seen
from holdfast.model.changes import classify
from holdfast.model.lock import Lock, NpmFacts, Pin, PinnedArtifact
from holdfast.model.pin_digest import approved_pins
from holdfast.model.release_facts import Released
from holdfast.model.review import Review, SecurityItem
from holdfast.workflows.choosing import Chosen
from holdfast.workflows.review import review, sized
from tests.support.approvals import (
    GITHUB,
    OTHER_GITHUB,
    as_signed,
    change,
    make_lock,
    make_pin,
    rejection,
    security,
    security_change,
)
from tests.support.lock_scenarios import read_lock

RULES = security("alice", "bob")
KNOWN = make_pin("known", signers=[GITHUB])
STANDING = Standing("pypi", "known", "reviewed", ("alice",), ("0" * 64,), "2026-01-01T00:00:00Z", Seen(), "")


def times(pin: Pin) -> Released:
    """What the cache says of some."""
    return Released("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z") if pin.name == "click" else Released()


def waiting(name: str, before: Lock, after: Lock) -> Waiting:
    """A package that waits, as it is judged."""
    olds, news = (approved_pins(lock).get(("pypi", name), ()) for lock in (before, after))
    changes = tuple([one for one in classify(before, after) if one.name == name and one.needs_approval])
    return Waiting("pypi", name, (), (), olds, news, changes, "nobody approved it", 1, (), "")


def made(name: str, before: Lock, after: Lock, *acts: object, uncounted: tuple[tuple[str, str], ...] = ()) -> Review:
    """The review of one package."""
    one = waiting(name, before, after)
    judgement = Judgement((), (one,), None, {("pypi", "known"): STANDING}, uncounted)
    return review(Chosen((one,), None), judgement, after, acts, times)  # type: ignore[arg-type]


def test_a_package_that_moved() -> None:
    """Versions, classes, signers, when it came, which kinds of files came and went."""
    before = make_lock(make_pin("click", "8.1.7", signers=[GITHUB]), KNOWN)
    after = make_lock(
        make_pin("click", "8.1.8", signers=[GITHUB], files=["click-8.1.8-py3-none-any.whl", "click-8.1.8.tar.gz"]),
        KNOWN,
    )
    (item,) = made("click", before, after).items
    assert (item.before, item.after, item.kinds) == (("8.1.7",), ("8.1.8",), ("version-changed",))
    assert [one.id for one in item.signers_after] == [GITHUB]
    (release,) = item.releases
    assert release.facts.released.first == "2026-11-01T00:00:00Z"
    assert (release.facts.files_added, release.facts.files_removed) == (("click-8.1.8.tar.gz",), ())
    assert (item.signed, item.familiar, item.alarm) == (True, True, False)


def test_when_an_npm_release_came() -> None:
    """Approvals hold no facts of npm, so whoever is asked when a release came is told the lock's."""
    facts = NpmFacts(install_script=True)
    locked = make_lock(make_pin("sharp", "1.0.0")._replace(npm=facts), KNOWN)
    asked: list[Pin] = []

    def listed(pin: Pin) -> Released:
        asked.append(pin)
        return Released("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z") if pin.npm is not None else Released()

    one = waiting("sharp", make_lock(KNOWN), locked)
    judgement = Judgement((), (one,), None, {("pypi", "known"): STANDING}, ())
    (item,) = review(Chosen((one,), None), judgement, locked, (), listed).items
    (release,) = item.releases
    assert [pin.npm for pin in asked] == [facts]
    assert release.facts.released.first == "2026-11-01T00:00:00Z"
    assert release.after is not None
    assert release.after.npm == facts


def test_who_is_known_signs_an_approved_package() -> None:
    """That a signer signs only what waits itself makes nobody known."""
    before = make_lock(make_pin("click", "8.1.7", signers=[OTHER_GITHUB]), KNOWN)
    after = make_lock(make_pin("click", "8.1.8", signers=[OTHER_GITHUB]), KNOWN)
    (item,) = made("click", before, after).items
    assert not item.familiar


def test_what_pulls_it_in() -> None:
    """The shortest path in the lock; a package that goes has none."""
    lock = canonical(read_lock("wish flask\nflask 3.0.0\n    click\nclick 8.1.8\n"))
    (item,) = made("click", lock._replace(packages=lock.packages[1:]), lock).items
    assert item.releases[0].path == ("pyproject.toml", "flask 3.0.0", "click 8.1.8")
    (item,) = made("click", lock, lock._replace(packages=lock.packages[1:])).items
    assert (item.after, item.releases[0].path, item.kinds) == ((), (), ("removed",))


def test_earlier_rejections_are_told() -> None:
    """The latest first; what does not count, was signed by nobody, or speaks of another package is not."""
    before, after = make_lock(make_pin("a", "1")), make_lock(make_pin("a", "2"))
    step = change("a", before, after, follows=["0" * 64])
    acts = [
        as_signed(rejection(RULES, step, reason="first", date="2026-01-01T00:00:00Z"), "alice"),
        as_signed(rejection(RULES, step, reason="second", date="2026-02-01T00:00:00Z"), "alice"),
        as_signed(rejection(RULES, step, reason="by nobody"), *()),
        as_signed(rejection(RULES, step, reason="not counted"), "bob"),
        as_signed(rejection(RULES, change("b", make_lock(), make_lock(make_pin("b"))), reason="another"), "alice"),
    ]
    (item,) = made("a", before, after, *acts, uncounted=((acts[3].digest, "not an approver"),)).items
    assert [one.reason for one in item.support.rejected] == ["second", "first"]


def test_the_configuration_in_words() -> None:
    """What differs, and who rejected a change of it before."""
    after = security("alice", "bob", threshold=2)
    asked = SecurityWaiting((), (), RULES, after, "nobody approved it", 1, (), "")
    act = rejection(RULES, security=security_change(RULES, after, ["0" * 64]), reason="too many")
    found = review(Chosen((), asked), Judgement((), (), asked, {}, ()), make_lock(), [as_signed(act, "alice")], times)
    assert isinstance(found.security, SecurityItem)
    assert found.security.lines == ("threshold: 1 -> 2",)
    assert [one.reason for one in found.security.support.rejected] == ["too many"]


def test_a_package_that_is_as_it_was_once() -> None:
    """Nothing of it differs from what was approved, and it waits all the same: its pins are shown."""
    lock = make_lock(make_pin("a", "1"))
    one = waiting("a", lock, lock)._replace(changes=(), before_pins=())
    found = review(Chosen((one,), None), Judgement((), (one,), None, {}, ()), lock, (), times)
    assert [release.after and release.after.version for release in found.items[0].releases] == ["1"]
    assert found.items[0].kinds == ("version-changed",)


def test_the_size_is_looked_into_only_where_there_is_something_to_compare() -> None:
    """Not for a new package; not where the bytes are the same."""
    asked: list[str] = []

    def at_hand(artifact: PinnedArtifact) -> bytes | None:
        asked.append(artifact.file)
        return None

    new, moved = make_lock(make_pin("a", "1")), make_lock(make_pin("a", "2"))
    sized(made("a", make_lock(), new).items[0], at_hand)
    assert asked == []
    sized(made("a", new, moved).items[0], at_hand)
    assert asked == ["a-1-py3-none-any.whl"]
