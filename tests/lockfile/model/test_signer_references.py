"""Several records of one identity in one lock: how each is referred to, and what a reference stands for."""

from itertools import permutations

import pytest
from hypothesis import given, settings

from holdfast.format.order import canonical
from holdfast.model.lock import Lock, ModuleFacts, Pin, PinnedArtifact, Signer
from holdfast.model.pin_digest import digest_of, signer_document
from holdfast.model.signed_files import files_by_signer, is_signed, unsigned_files
from holdfast.model.signer_references import (
    by_itself,
    gathered,
    is_reference,
    is_settled,
    meant_by,
    misfit,
    record_digits,
    references,
    renamed,
    settled,
)
from holdfast.model.signers import bare, canonical_id, everybody, named, publishers, records, signers_of_files
from tests.lockfile.format.lock_worlds import digest, locks, sample

ID, OTHER = "github:101/.github/workflows/release.yml", "ed25519:cc"
TAG = Signer(ID, "acme/tool", (("context", "ref=tag"), ("owner-id", "7")))
MAIN = Signer(ID, "acme/tool", (("context", "ref=branch:main"), ("owner-id", "7")))
KEY = Signer(OTHER, "key")
AT_TAG, AT_MAIN = (f"{ID}#{record_digits(record)[:8]}" for record in (TAG, MAIN))


def pin(wheel: tuple[str, ...], sdist: tuple[str, ...] | None = None, name: str = "tool") -> Pin:
    """A pin of two files: who signed the wheel, and the sdist if it is others."""
    artifacts = (
        PinnedArtifact(f"{name}-1.0-py3-none-any.whl", digest(1)),
        PinnedArtifact(f"{name}-1.0.tar.gz", digest(2)),
    )
    if sdist is None:
        return Pin("pypi", name, "1.0", artifacts=artifacts, signers=wheel)
    own = tuple([one._replace(signers=ids or None) for one, ids in zip(artifacts, (wheel, sdist), strict=True)])
    return Pin("pypi", name, "1.0", artifacts=own)


def lock(*pins: Pin, signers: tuple[Signer, ...]) -> Lock:
    """A lock of these pins and blocks."""
    return sample()._replace(packages=pins, signers=signers, sources=(), inputs=())


def test_the_digits_are_those_of_the_record_with_its_canonical_id() -> None:
    """sha256 of the RFC 8785 text of the record, whatever the block is called."""
    assert f"sha256:{record_digits(TAG)}" == digest_of(signer_document(TAG))
    assert misfit(TAG._replace(id=AT_TAG)) == misfit(TAG) == ""
    assert misfit(TAG._replace(id=f"{ID}#{record_digits(TAG)}")) == ""
    assert misfit(MAIN._replace(id=AT_TAG)) == AT_MAIN


def test_one_record_is_called_by_its_id_alone() -> None:
    """Only where an identity has several records each is called by its digits."""
    assert references([TAG, KEY, TAG]) == {TAG: ID, KEY: OTHER}
    for group in permutations([TAG, MAIN, KEY]):
        assert references(group) == {TAG: AT_TAG, MAIN: AT_MAIN, KEY: OTHER}
    assert references([]) == {}


def test_digits_that_clash_become_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as tell the records of one identity apart, and of that identity only."""
    digits = {"a": "0" * 64, "b": "0" * 9 + "1" * 55, "c": "2" * 64}
    monkeypatch.setattr("holdfast.model.signer_references.record_digits", lambda record: digits[record.label])
    a, b, c = (Signer(ID, label) for label in "abc")
    found = references([a, b, c, Signer(OTHER, "a"), Signer(OTHER, "c")])
    assert [found[one] for one in (a, b, c)] == [f"{ID}#{'0' * 10}", f"{ID}#{'0' * 9}1", f"{ID}#{'2' * 10}"]
    assert found[Signer(OTHER, "a")] == f"{OTHER}#{'0' * 8}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ID, True),
        (AT_TAG, True),
        (f"{ID}#{'0' * 64}", True),
        ("", False),
        ("#01234567", False),
        (f"{ID}#", False),
        (f"{ID}#0123456", False),
        (f"{ID}#{'0' * 65}", False),
        (f"{ID}#0123456G", False),
        (f"{ID}#ABCDEF01", False),
        (f"{AT_TAG}#01234567", False),
        (f"{ID}#0123456\u0667", False),
    ],
)
def test_what_may_stand_as_a_reference(text: str, expected: bool) -> None:
    """A canonical id, or one with `#` and 8 to 64 lower-case digits."""
    assert is_reference(text) is expected


BLOCKS = (TAG._replace(id=AT_TAG), MAIN._replace(id=AT_MAIN))

# (references in the pins, blocks, references and blocks afterwards); each is what some merge of two branches leaves
SETTLED = {
    "the only record": ([ID], (TAG,), [ID], (TAG,)),
    "two records": ([AT_TAG, AT_MAIN], BLOCKS, [AT_TAG, AT_MAIN], BLOCKS),
    "one of two is left": ([AT_TAG], BLOCKS[:1], [ID], (TAG,)),
    "a bare block beside another": ([ID, AT_MAIN], (TAG, BLOCKS[1]), [AT_TAG, AT_MAIN], BLOCKS),
    "digits of a block that is bare now": ([AT_TAG, ID], (TAG,), [ID, ID], (TAG,)),
    "digits of a bare block beside another": (
        [AT_TAG, ID, AT_MAIN],
        (TAG, BLOCKS[1]),
        [AT_TAG, AT_TAG, AT_MAIN],
        BLOCKS,
    ),
    "more digits than it takes": (
        [f"{ID}#{record_digits(TAG)}", AT_MAIN],
        (TAG._replace(id=f"{ID}#{record_digits(TAG)}"), BLOCKS[1]),
        [AT_TAG, AT_MAIN],
        BLOCKS,
    ),
    "one record twice": ([ID, AT_TAG], (TAG, BLOCKS[0]), [ID, ID], (TAG,)),
    "a bare reference that may mean either": ([ID, AT_TAG], BLOCKS, [ID, AT_TAG], BLOCKS),
    "digits of no block": ([f"{ID}#01234567"], (TAG,), [f"{ID}#01234567"], (TAG,)),
}


@pytest.mark.parametrize("row", SETTLED)
def test_references_are_settled(row: str) -> None:
    """Whatever spelling a lock has, equal records become one and each is called as the laws say."""
    before, blocks, after, expected = SETTLED[row]
    pins = [pin((one,), name=f"p{number}") for number, one in enumerate(before)]
    found = settled(lock(*pins, signers=blocks))
    assert [one.signers for one in found.packages] == [(one,) for one in after]
    assert sorted(found.signers) == sorted(expected)
    assert is_settled(found.signers)
    assert is_settled(blocks) == (sorted(blocks) == sorted(expected))
    assert settled(found) == found


def test_a_reference_means_one_record_or_none() -> None:
    """Too few digits, other digits and a bare id beside several records mean none."""
    assert meant_by(AT_TAG, (TAG,)) == meant_by(AT_TAG + record_digits(TAG)[8:10], BLOCKS) == TAG
    for text in (ID, f"{ID}#", AT_TAG[:-1], f"{ID}#01234567", f"{OTHER}#{record_digits(TAG)[:8]}"):
        assert meant_by(text, BLOCKS) is None


@given(locks())
@settings(max_examples=60, deadline=None)
def test_settling_changes_no_record_of_any_pin(world: Lock) -> None:
    """Called by their digits alone or as the laws say: every file has the same records."""
    before = canonical(world)
    whole = {one.id: f"{canonical_id(one.id)}#{record_digits(bare(one))}" for one in before.signers}
    other = before._replace(
        packages=tuple([renamed(one, whole) for one in before.packages]),
        signers=tuple([one._replace(id=whole[one.id]) for one in before.signers]),
    )
    assert canonical(other) == before
    for one, same in zip(before.packages, other.packages, strict=True):
        assert named(everybody(one), records(before)) == named(everybody(same), records(other))


def test_a_pin_by_itself_has_references_of_its_own() -> None:
    """Canonical ids, unless the pin itself names an identity in two ways."""
    known = records(lock(signers=(*BLOCKS, KEY)))
    assert by_itself(pin((OTHER,)), known) == (pin((OTHER,)), (KEY,))
    assert by_itself(pin((AT_TAG, OTHER)), known) == (pin((OTHER, ID)), (KEY, TAG))
    both = pin((AT_TAG,), (AT_MAIN,))
    assert by_itself(both, known) == (both, tuple(sorted(BLOCKS)))
    module = Pin("m", "@a/b", "1.0.0", signers=(AT_TAG,), module=ModuleFacts("sha256:" + "0" * 64, vetted=(AT_TAG,)))
    alone, signers = by_itself(module, known)
    assert (alone.signers, alone.module and alone.module.vetted, signers) == ((ID,), (ID,), (TAG,))


def test_pins_of_several_locks_become_pins_of_one() -> None:
    """The same words that meant two records are told apart."""
    pins, signers = gathered([(pin((ID,), name="a"), (TAG,)), (pin((ID,), name="b"), (MAIN,))])
    assert [one.signers for one in pins] == [(AT_TAG,), (AT_MAIN,)]
    assert signers == tuple(sorted(BLOCKS))
    assert gathered([(pin((ID,)), (TAG,)), (pin((ID,)), (TAG,))]) == ((pin((ID,)), pin((ID,))), (TAG,))
    assert gathered([]) == ((), ())


def test_who_signed_every_file_in_different_ways() -> None:
    """The pin has no signer in one way, the artifacts say which; the identity is its publisher all the same."""
    both = pin((AT_TAG, OTHER), (AT_MAIN,))
    assert publishers(both) == (ID,)
    assert everybody(both) == signers_of_files(both) == tuple(sorted((AT_TAG, AT_MAIN, OTHER)))
    assert files_by_signer(both) == {
        ID: ("tool-1.0-py3-none-any.whl", "tool-1.0.tar.gz"),
        OTHER: (both.artifacts[0].file,),
    }
    assert is_signed(both)
    assert unsigned_files(pin((AT_TAG,), ())) == ("tool-1.0.tar.gz",)
    assert publishers(pin((AT_TAG,), ())) == ()
    assert publishers(pin((AT_TAG, AT_MAIN))) == (ID,)


def test_records_have_canonical_ids() -> None:
    """By reference, so that whoever compares them never sees a digit; one without a record has its id."""
    known = records(lock(signers=(*BLOCKS, KEY)))
    assert known == {AT_TAG: TAG, AT_MAIN: MAIN, OTHER: KEY}
    assert named((AT_MAIN, f"{ID}#01234567"), known) == (MAIN, Signer(ID))
