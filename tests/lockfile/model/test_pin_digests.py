"""The pin digest: what it depends on, and above all what it does not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.format.order import canonical
from holdfast.format.read import read
from holdfast.format.write import write
from holdfast.model.lock import Lock, Signer
from holdfast.model.pin_digest import ApprovedPin, approved_pins, pin_digest
from holdfast.model.signer_references import gathered
from holdfast.model.signers import bare, canonical_id, everybody, records
from tests.lockfile.format.lock_worlds import locks
from tests.lockfile.model.test_signer_references import AT_MAIN, AT_TAG, BLOCKS, ID, MAIN, TAG, lock, pin

Digests = dict[tuple[str, str, str], str]


def digests(world: Lock) -> Digests:
    """The digest of each pin."""
    return {
        (source, name, one.pin.version): pin_digest(one)
        for (source, name), pins in approved_pins(world).items()
        for one in pins
    }


def only(world: Lock, places: set[int]) -> Lock:
    """The lock with these packages only, and only the signers that they name, as the next `lock` writes it."""
    pins = tuple([one for place, one in enumerate(world.packages) if place in places])
    used = {reference for one in pins for reference in everybody(one)}
    signers = tuple([one for one in world.signers if one.id in used])
    return read(write(world._replace(packages=pins, signers=signers)))


@given(locks(), st.data())
@settings(max_examples=80, deadline=None)
def test_no_other_package_has_a_part_in_it(world: Lock, data: st.DataObject) -> None:
    """Take any packages away from a lock, or add them: the digests of the others stay."""
    whole = canonical(world)
    places = data.draw(st.sets(st.sampled_from(range(len(whole.packages)))) if whole.packages else st.just(set()))
    left, every = digests(only(whole, places)), digests(whole)
    assert left == {key: every[key] for key in left}
    assert len(left) == len(places)


def test_the_same_publisher_in_another_way_leaves_a_pin_alone() -> None:
    """A second package of one workflow with another context: the first is written otherwise, and is the same."""
    alone = lock(pin((ID,), name="p"), signers=(TAG,))
    both = lock(pin((AT_TAG,), name="p"), pin((AT_MAIN,), name="q"), signers=BLOCKS)
    key = ("pypi", "p", "1.0")
    assert digests(alone)[key] == digests(both)[key]
    assert digests(both)["pypi", "q", "1.0"] == digests(lock(pin((ID,), name="q"), signers=(MAIN,)))["pypi", "q", "1.0"]


def test_another_record_is_another_digest() -> None:
    """From one of the ways to the other, of one file or of all, is a change of the pin."""
    found = [
        digests(lock(one, signers=BLOCKS))["pypi", "tool", "1.0"]
        for one in (
            pin((AT_TAG,)),
            pin((AT_MAIN,)),
            pin((AT_TAG,), (AT_MAIN,)),
            pin((AT_MAIN,), (AT_TAG,)),
            pin((AT_TAG, AT_MAIN)),
            pin((AT_TAG,), ()),
            pin(()),
        )
    ]
    assert len(set(found)) == len(found)


@given(locks())
@settings(max_examples=40, deadline=None)
def test_approved_pins_of_any_locks_make_one_lock_again(world: Lock) -> None:
    """Pins by themselves, put together, have the digests that they had."""
    whole = canonical(world)
    approved = [one for pins in approved_pins(whole).values() for one in pins]
    pins, signers = gathered([(one.pin, one.records) for one in approved])
    assert digests(whole._replace(packages=pins, signers=signers)) == digests(whole)


def test_what_is_approved_names_records_by_itself() -> None:
    """Canonical ids where the pin has one way, digits where it has two; `signers` never has digits."""
    (one,), (two,) = approved_pins(
        lock(pin((AT_TAG,), name="p"), pin((AT_TAG,), (AT_MAIN,), name="q"), signers=BLOCKS)
    ).values()
    assert (one.pin.signers, one.records, one.signers) == ((ID,), (TAG,), (TAG,))
    assert two.records == tuple(sorted(BLOCKS))
    assert two.signers == tuple(sorted((TAG, MAIN)))


@given(locks())
@settings(max_examples=40, deadline=None)
def test_records_are_those_that_the_pin_refers_to(world: Lock) -> None:
    """Of each pin, each record once, under the name by which the pin refers to it."""
    whole = canonical(world)
    known = records(whole)
    for (source, name), pins in approved_pins(whole).items():
        olds = [one for one in whole.packages if (one.source, one.name) == (source, name)]
        for old, one in zip(olds, pins, strict=True):
            assert [record.id for record in one.records] == list(everybody(one.pin))
            assert {bare(record) for record in one.records} == {known[reference] for reference in everybody(old)}
            assert all(canonical_id(record.id) == record.id or _several(one, record) for record in one.records)


def _several(one: ApprovedPin, record: Signer) -> bool:
    return sum(canonical_id(other.id) == canonical_id(record.id) for other in one.records) > 1
