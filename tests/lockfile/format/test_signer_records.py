"""Several records of one identity in a lock's text: how they are written, read, refused, and merged by git."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from holdfast.errors import LockFormatError, SignersAdrift
from holdfast.format.order import canonical
from holdfast.format.read import read, read_canonical
from holdfast.format.read_plain import read_plain
from holdfast.format.write import write
from holdfast.model.lock import Lock, LockedSource, ModuleFacts, Pin, PinnedArtifact, Signer
from holdfast.model.signer_references import gathered, is_settled, record_digits
from tests.lockfile.format.lock_worlds import digest, sample

ID = "github:101/a.yml"
TAG, MAIN, MORE = (Signer(ID, "acme/tool", (("context", f"ref={ref}"),)) for ref in ("tag", "main", "more"))
AT_TAG, AT_MAIN, AT_MORE = (f"{ID}#{record_digits(one)[:8]}" for one in (TAG, MAIN, MORE))

PAGE = (Path(__file__).parents[3] / "docs" / "lock-format.md").read_text(encoding="utf-8")

Part = tuple[Pin, tuple[Signer, ...]]


def signed(name: str, *records: Signer) -> Part:
    """A package, and who signed its only file."""
    artifacts = (PinnedArtifact(f"{name}-1.0.tar.gz", digest(len(name))),)
    return Pin("pypi", name, "1.0", artifacts=artifacts, signers=tuple([one.id for one in records])), records


def lock(*parts: Part) -> Lock:
    """A lock of these packages, with unsigned ones between them, so that git has lines that nobody touches."""
    fillers = [signed(f"{name}{number}") for name in "prt" for number in range(3)]
    pins, signers = gathered([*parts, *fillers])
    return canonical(sample()._replace(packages=pins, signers=signers, sources=(), inputs=()))


ONE, BOTH = lock(signed("p", TAG)), lock(signed("p", TAG), signed("q", MAIN))
TEXT = write(BOTH)
BLOCKS = "".join(
    sorted(
        f'[[signer]]\nid = "{at}"\nlabel = "acme/tool"\ncontext = "{dict(one.attributes)["context"]}"\n\n'
        for at, one in ((AT_TAG, TAG), (AT_MAIN, MAIN))
    )
)


def test_an_identity_with_one_record_is_written_as_ever() -> None:
    """Nothing stands behind the id where all files agree."""
    text = write(ONE)
    assert f'[[signer]]\nid = "{ID}"\nlabel = "acme/tool"\ncontext = "ref=tag"\n\n' in text
    assert f'signers = [\n    "{ID}",\n]' in text
    assert f"{ID}#" not in text


def test_each_record_has_a_block_of_its_own() -> None:
    """Sorted by their references, which the packages name; the fast reader takes them."""
    assert BLOCKS in TEXT
    assert TEXT.count(f'signers = [\n    "{AT_TAG}",\n]') == TEXT.count(f'signers = [\n    "{AT_MAIN}",\n]') == 1
    assert read_canonical(TEXT) == read_plain(TEXT, "x") == BOTH
    assert write(read(TEXT)) == TEXT


def test_one_file_signed_in_one_way_and_another_in_another() -> None:
    """No way is that of every file, so each artifact says which."""
    text = write(lock_of_two_ways())
    assert f'hash = "{digest(1)}", signers = ["{AT_TAG}"] }},' in text
    assert f'hash = "{digest(2)}", signers = ["{AT_MAIN}"] }},' in text
    assert read_canonical(text) == read_plain(text, "x") == lock_of_two_ways()


def lock_of_two_ways() -> Lock:
    """A lock of one package whose wheel and sdist one identity signed in two ways."""
    files = (
        PinnedArtifact("p-1.0-py3-none-any.whl", digest(1), (AT_TAG,)),
        PinnedArtifact("p-1.0.tar.gz", digest(2), (AT_MAIN,)),
    )
    blocks = TAG._replace(id=AT_TAG), MAIN._replace(id=AT_MAIN)
    return canonical(
        sample()._replace(packages=(Pin("pypi", "p", "1.0", artifacts=files),), signers=blocks, sources=(), inputs=())
    )


BARE = f'[[signer]]\nid = "{ID}"\nlabel = "acme/tool"\ncontext = "ref=tag"\n\n'

# other spellings of the lock TEXT, each as a merge or a person leaves it: what is replaced, by what
SPELLINGS = {
    "one block bare": ((f'id = "{AT_TAG}"', f'id = "{ID}"'),),
    "one block bare, and who names it": ((f'"{AT_TAG}"', f'"{ID}"'), (f'"{AT_TAG}"', f'"{ID}"')),
    "more digits": ((f'"{AT_TAG}"', f'"{ID}#{record_digits(TAG)[:9]}"'),) * 2,
    "all digits, and fewer": ((f'id = "{AT_TAG}"', f'id = "{ID}#{record_digits(TAG)}"'),),
    "one record in two blocks": (("[[signer]]", f"{BARE}[[signer]]"),),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_of_references_is_the_same_lock(spelling: str) -> None:
    """Strict in meaning, lenient in spelling; the next write is canonical again."""
    text = TEXT
    for old, new in SPELLINGS[spelling]:
        assert old in text
        text = text.replace(old, new, 1)
    assert text != TEXT
    assert read_canonical(text) is None
    assert read(text) == BOTH
    assert write(read(text)) == TEXT


STRANGER = "github:9/b.yml#01234567"

# (what is replaced, by what, expected, found)
REFUSED = {
    "digits of another record": (f'id = "{AT_TAG}"', f'id = "{ID}#01234567"', f"record, {AT_TAG}", f"{ID}#01234567"),
    "a record that was edited": ("ref=tag", "ref=evil", "the digits of this record", AT_TAG),
    "a key that was added": ('ref=tag"', 'ref=tag"\ncolour = 1', "the digits of this record", AT_TAG),
    "few digits": (f'id = "{AT_TAG}"', f'id = "{AT_TAG[:-1]}"', "8 to 64 digits", AT_TAG[:-1]),
    "capital digits": (f'id = "{AT_TAG}"', f'id = "{ID}#ABCDEF01"', "8 to 64 digits", f"{ID}#ABCDEF01"),
    "two marks": (f'id = "{AT_TAG}"', f'id = "{AT_TAG}#01234567"', "8 to 64 digits", f"{AT_TAG}#01234567"),
    "a mark alone": (f'id = "{AT_TAG}"', 'id = "#01234567"', "8 to 64 digits", "#01234567"),
    "a block twice": ("[[package]]", f'[[signer]]\nid = "{AT_TAG}"\n\n[[package]]', "each signer once", AT_TAG),
    "no block of this identity": (f'    "{AT_TAG}"', f'    "{STRANGER}"', "a signer with a [[signer]] block", STRANGER),
}


def refusal(text: str) -> LockFormatError:
    """The refusal of both readers, which must be the same."""
    with pytest.raises(LockFormatError) as fast:
        read(text)
    with pytest.raises(LockFormatError) as plain:
        read_plain(text, "holdfast.lock")
    assert fast.value.fields() == plain.value.fields()
    assert type(fast.value) is type(plain.value)
    return fast.value


@pytest.mark.parametrize("fault", REFUSED)
def test_a_reference_that_does_not_fit_is_refused(fault: str) -> None:
    """A record cannot be edited under its reference, and nothing else may look like one."""
    old, new, expected, found = REFUSED[fault]
    assert old in TEXT
    error = refusal(TEXT.replace(old, new, 1))
    assert expected in error.expected
    assert error.found == found
    assert error.line
    assert not isinstance(error, SignersAdrift)


@pytest.mark.parametrize("reference", [ID, f"{ID}#01234567"])
def test_a_reference_without_its_block_beside_others_of_the_identity_is_adrift(reference: str) -> None:
    """It may mean any of them, so it means none; `holdfast lock` mends it."""
    error = refusal(TEXT.replace(f'    "{AT_TAG}"', f'    "{reference}"'))
    assert isinstance(error, SignersAdrift)
    assert (error.expected, error.found) == ("a signer with a [[signer]] block", reference)
    assert error.hint.startswith("run `holdfast lock`")


def test_two_spellings_of_one_record_hide_no_contradiction() -> None:
    """A record that signed every artifact by two names is still one that signed every artifact."""
    text = write(lock_of_two_ways())
    other = text.replace(f'["{AT_MAIN}"]', f'["{ID}"]').replace(f'id = "{AT_MAIN}"', f'id = "{ID}"')
    other = other.replace('context = "ref=main"', 'context = "ref=tag"')
    error = refusal(other)
    assert "every artifact" in error.expected
    assert error.found == ID


def test_distinct_publishers_of_a_module_are_counted() -> None:
    """Two records of one key are one publisher, who does not meet a threshold of two."""
    facts = ModuleFacts(digest(1), threshold=2)
    artifacts = (PinnedArtifact("acme-guards-1.0.0.tar", digest(2)),)
    pin = Pin("m", "@acme/guards", "1.0.0", artifacts=artifacts, signers=(AT_TAG, AT_MAIN), module=facts)
    text = write(
        sample()._replace(
            packages=(pin._replace(module=facts._replace(threshold=1)),),
            signers=(TAG._replace(id=AT_TAG), MAIN._replace(id=AT_MAIN)),
            sources=(LockedSource("m", "modules", root=digest(3)),),
            inputs=(),
        )
    )
    assert read_canonical(text) == read_plain(text, "x")
    error = refusal(text.replace("threshold = 1", "threshold = 2"))
    assert error.expected == "a threshold that the signers meet"


def test_records_of_before_are_read() -> None:
    """A lock in which the values stand side by side in one record is a lock, and stays as it is until it is locked."""
    world = lock(signed("p", TAG._replace(attributes=(("context", "ref=main | ref=tag"),))))
    text = write(world)
    assert read_canonical(text) == read_plain(text, "x") == world


def test_the_example_on_the_page_is_right() -> None:
    """The digits that `docs/lock-format.md` shows are those of its records."""
    example = PAGE.partition("### `[[signer]]`")[2].partition("```toml\n")[2].partition("```")[0]
    blocks = [
        Signer(one["id"], one["label"], (("context", one["context"]),)) for one in tomllib.loads(example)["signer"]
    ]
    assert len(blocks) == 2
    assert is_settled(blocks)


def merged(folder: Path, base: Lock, ours: Lock, theirs: Lock) -> str:
    """What git makes of two branches' locks; without conflicts."""
    for name, world in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_text(write(world), encoding="utf-8")
    done = subprocess.run(
        ["git", "merge-file", "-p", "ours", "base", "theirs"], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0
    return done.stdout.decode()


# two branches, and what both together are
MERGES = {
    "another way on one branch, an unsigned package on the other": (
        ONE,
        BOTH,
        lock(signed("p", TAG), signed("z")),
        lock(signed("p", TAG), signed("q", MAIN), signed("z")),
    ),
    "the other way goes, and a package that signs in the first comes": (
        BOTH,
        ONE,
        lock(signed("p", TAG), signed("q", MAIN), signed("s", TAG)),
        lock(signed("p", TAG), signed("s", TAG)),
    ),
    "a package in the same way as each of two": (
        BOTH,
        lock(signed("p", TAG), signed("q", MAIN), signed("s", TAG)),
        lock(signed("p", TAG), signed("q", MAIN), signed("v", MAIN)),
        lock(signed("p", TAG), signed("q", MAIN), signed("s", TAG), signed("v", MAIN)),
    ),
    "a third way on one branch": (
        BOTH,
        lock(signed("p", TAG), signed("q", MAIN), signed("s", MORE)),
        lock(signed("p", TAG), signed("q", MAIN), signed("v", MAIN)),
        lock(signed("p", TAG), signed("q", MAIN), signed("s", MORE), signed("v", MAIN)),
    ),
}


@pytest.mark.parametrize("merge", MERGES)
def test_two_branches_merge(tmp_path: Path, merge: str) -> None:
    """What git merges without conflicts is the lock of both."""
    base, ours, theirs, both = MERGES[merge]
    assert read(merged(tmp_path, base, ours, theirs)) == both
    assert read(merged(tmp_path, base, theirs, ours)) == both


def test_a_merge_that_leaves_signers_adrift_says_what_mends_it(tmp_path: Path) -> None:
    """One branch splits the record, the other adds a package that names the whole one."""
    text = merged(tmp_path, ONE, BOTH, lock(signed("p", TAG), signed("s", TAG)))
    assert isinstance(refusal(text), SignersAdrift)
