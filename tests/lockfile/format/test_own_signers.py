"""Artifacts that name their own signers: one spelling for the same facts, and no contradiction."""

import pytest

from holdfast.errors import LockFormatError
from holdfast.format.conflicts import read_pins
from holdfast.format.order import canonical
from holdfast.format.read import read, read_canonical
from holdfast.format.read_plain import read_plain
from holdfast.format.write import WriteError, write
from holdfast.model.lock import Lock, Pin, PinnedArtifact, Signer
from tests.lockfile.format.lock_worlds import digest, sample

A, B, C = "ed25519:aa", "ed25519:bb", 'odd:"q", '
WHEEL, SDIST = "a-1.0-py3-none-any.whl", "a-1.0.tar.gz"


def locked(signers: tuple[str, ...], wheel: tuple[str, ...] | None, sdist: tuple[str, ...] | None) -> Lock:
    """A lock of one package with a wheel and an sdist."""
    artifacts = PinnedArtifact(WHEEL, digest(1), wheel), PinnedArtifact(SDIST, digest(2), sdist)
    return sample()._replace(
        signers=tuple(map(Signer, (A, B, C))),
        packages=(Pin("pypi", "a", "1.0", artifacts=artifacts, signers=signers),),
    )


@pytest.mark.parametrize(
    ("signers", "wheel", "sdist", "lines"),
    [
        ((), None, None, ["", ""]),
        ((A,), None, None, ["", ""]),
        ((), (A,), None, [f', signers = ["{A}"]', ""]),
        ((), None, (A,), ["", f', signers = ["{A}"]']),
        ((A,), (B, A), None, [f', signers = ["{A}", "{B}"]', ""]),
        ((), (A,), (B,), [f', signers = ["{A}"]', f', signers = ["{B}"]']),
        ((A,), (A, B), (A, C), [f', signers = ["{A}", "{B}"]', f', signers = ["{A}", "odd:\\"q\\", "]']),
        ((A,), (A,), None, ["", ""]),
        ((), (), None, ["", ""]),
    ],
)
def test_an_artifact_names_its_signers_where_they_are_not_the_packages(
    signers: tuple[str, ...], wheel: tuple[str, ...] | None, sdist: tuple[str, ...] | None, lines: list[str]
) -> None:
    """The key stands in the artifact's line, sorted, and only where it says something."""
    lock = locked(signers, wheel, sdist)
    text = write(lock)
    for file, hash_, end in ((WHEEL, digest(1), lines[0]), (SDIST, digest(2), lines[1])):
        assert f'\n    {{ file = "{file}", hash = "{hash_}"{end} }},\n' in text
    assert read(text) == read_plain(text, "x") == canonical(lock)
    if "\\" not in text:
        assert read_canonical(text) == canonical(lock)
    assert write(read(text)) == text


def test_many_lines_with_signers_take_the_fast_path() -> None:
    """Packages with and without own signers stand side by side and are read without `tomllib`."""
    files = [(f"p{number:03}", number) for number in range(50)]
    pins = [
        Pin(
            "pypi",
            name,
            "1.0",
            artifacts=(
                PinnedArtifact(f"{name}-1.0-py3-none-any.whl", digest(number), (A,) if number % 3 else None),
                PinnedArtifact(f"{name}-1.0.tar.gz", digest(number)),
            ),
        )
        for name, number in files
    ]
    lock = sample()._replace(signers=(Signer(A),), packages=tuple(pins))
    assert read_canonical(write(lock)) == canonical(lock)


OWN = f', signers = ["{A}", "{B}"]'


@pytest.mark.parametrize(
    ("new", "expected", "found"),
    [
        (', signers = ["ed25519:zz"]', "a signer with a [[signer]] block", "ed25519:zz"),
        (f', signers = ["{A}", "{A}"]', "each entry once", A),
        (f', signers = "{A}"', "an array", "a string"),
        (", signers = [1]", "a string", "an integer"),
        (f', signer = ["{A}"]', "the keys file, hash and signers only", "signer"),
        (', signers = ["\\u202e"]', "text without control or bidirectional characters", "\\u202E"),
    ],
)
def test_an_artifact_names_signers_and_nothing_else(new: str, expected: str, found: str) -> None:
    """Both readers refuse the line alike, and say where it stands."""
    text = write(locked((), (A, B), None)).replace(OWN, new)
    with pytest.raises(LockFormatError) as fast:
        read(text)
    with pytest.raises(LockFormatError) as plain:
        read_plain(text, "holdfast.lock")
    assert fast.value.fields() == plain.value.fields()
    assert (fast.value.expected, fast.value.found) == (expected, found)
    assert text.split("\n")[fast.value.line - 1].startswith(('    { file = "a-1', "artifacts"))


@pytest.mark.parametrize(
    ("signers", "wheel", "sdist", "found"),
    [
        ((A,), (), None, A),  # nobody signed the wheel: nobody signed every file
        ((A,), (B,), None, A),
        ((A, B), (A,), (A, B), B),
        ((), (A,), (A, B), A),  # signed every file and is none of the package's
        ((A,), (A, B), (A, B, C), B),
    ],
)
def test_the_packages_signers_are_those_of_every_artifact(
    signers: tuple[str, ...], wheel: tuple[str, ...], sdist: tuple[str, ...] | None, found: str
) -> None:
    """A package that names another set than the intersection is refused, by the writer as by the readers."""
    with pytest.raises(WriteError) as refused:
        write(locked(signers, wheel, sdist))
    cause = refused.value.__cause__
    assert isinstance(cause, LockFormatError)
    assert cause.expected == "as signers of the package those who signed every artifact, and nobody else"
    assert (cause.found, cause.where) == (found, "package[0] a 1.0: signers")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OWN, f', signers = ["{B}", "{A}"]'),
        (OWN, f', signers = ["{A}","{B}"]'),
        (OWN, f", signers = ['{A}', \"{B}\"]"),
        (f'hash = "{digest(1)}"{OWN}', f'signers = ["{A}", "{B}"], hash = "{digest(1)}"'),
        (f'hash = "{digest(2)}"', f'hash = "{digest(2)}", signers = []'),
    ],
)
def test_another_spelling_is_read_and_never_written(old: str, new: str) -> None:
    """Another order or a set that just repeats the package's is the same lock, by the plain reader."""
    lock = canonical(locked((), (A, B), None))
    text = write(lock)
    other = text.replace(old, new)
    assert other != text
    assert read_canonical(other) is None
    assert read(other) == lock
    assert write(read(other)) == text


def test_a_modules_archive_has_no_signers_of_its_own() -> None:
    """The package's signers are its archive's; a second place for the same fact is refused."""
    from holdfast.model.lock import LockedSource, ModuleFacts

    lock = sample()._replace(
        sources=(LockedSource("acme", "modules", root=digest(9)),),
        inputs=(),
        signers=(Signer(A), Signer(B)),
        packages=(
            Pin(
                "acme",
                "@acme/base",
                "1.0.0",
                artifacts=(PinnedArtifact("acme-base-1.0.0.tar", digest(1)),),
                signers=(A,),
                module=ModuleFacts(digest(2), threshold=1),
            ),
        ),
    )
    text = write(lock)
    mutated = text.replace(f'"{digest(1)}" }}', f'"{digest(1)}", signers = ["{A}", "{B}"] }}')
    assert mutated != text
    with pytest.raises(LockFormatError) as refused:
        read(mutated)
    assert refused.value.expected == "the keys file and hash only"


def test_a_conflicted_lock_keeps_what_artifacts_say() -> None:
    """A block that is read alone has the signers of its artifacts."""
    pins = read_pins(write(locked((), (A,), None)))
    assert [artifact.signers for artifact in pins[0].artifacts] == [(A,), None]
