"""What `verify` says of files that it could not check."""

from holdfast.findings.finding import fails
from holdfast.model.lock import Pin
from holdfast.workflows.verify_findings import Unchecked, folded_findings, unchecked_findings


def missed(count: int, reason: str) -> list[Unchecked]:
    """Packages with two files each."""
    return [Unchecked(Pin("pypi", f"p{n}", "1.0"), reason, (f"p{n}-1.0.whl", f"p{n}-1.0.tar.gz")) for n in range(count)]


def test_one_finding_for_each_package() -> None:
    """Each names its files and its command, and fails nothing: the exit code tells."""
    first, second = unchecked_findings(missed(2, "offline"))
    assert (first.subject, first.expected) == ("p0 1.0", "2 files with the pinned hash")
    assert second.hints == ("holdfast verify p1",)
    assert not fails(first)


def test_many_packages_with_one_reason_are_folded() -> None:
    """A few are named one by one; another reason stands apart."""
    assert folded_findings(missed(3, "offline")) == unchecked_findings(missed(3, "offline"))
    many, other = folded_findings([*missed(10, "offline"), *missed(1, "refused")])
    assert (many.subject, many.expected) == ("10 packages", "20 files with the pinned hash")
    assert many.facts == (("packages", "p0 1.0, p1 1.0, p2 1.0, +7"),)
    assert other.found == "not checked: refused"
