"""The classes of change in words: whom they are about, what differs, and nothing of what was unsigned before."""

from typing import Any

import pytest

from holdfast.format.order import canonical
from holdfast.model.changes import Change
from holdfast.model.difference import compare_locks
from holdfast.model.lock import Lock, LockedSource, ModuleFacts, Pin, PinnedArtifact, Signer
from holdfast.reports.change_classes import lines_of
from holdfast.reports.differences import render_text
from tests.support.lock_scenarios import digest, read_lock

A, B = "github:101/a.yml", "ed25519:bb"
RECORDS = Signer(A, "acme/tool", (("context", "ref=tag"), ("owner-id", "7"))), Signer(B)
WHEEL, SDIST = "tool-{0}-py3-none-any.whl", "tool-{0}.tar.gz"


def lock(
    version: str, signers: str, records: tuple[Signer, ...] = RECORDS, wheel: tuple[str, ...] | None = None
) -> Lock:
    """A lock of one package, `tool`, with a wheel and an sdist."""
    files = (
        PinnedArtifact(WHEEL.format(version), digest("w"), wheel),
        PinnedArtifact(SDIST.format(version), digest("s")),
    )
    pin = Pin("pypi", "tool", version, artifacts=files, signers=tuple(signers.split()))
    return canonical(read_lock("")._replace(packages=(pin,), signers=records))


def renamed(**fields: Any) -> tuple[Signer, ...]:
    """The records with another first one."""
    return (RECORDS[0]._replace(**fields), RECORDS[1])


ROWS = {
    "the same signer": (lock("1.0", A), lock("1.1", A), ["signed by acme/tool (github:101/a.yml), as before"]),
    "unsigned as before": (lock("1.0", ""), lock("1.1", ""), []),
    "first signature": (lock("1.0", ""), lock("1.1", A), ["signer-added: acme/tool (github:101/a.yml) signs now"]),
    "no signature": (
        lock("1.0", A),
        lock("1.1", ""),
        ["signer-lost (alarm): acme/tool (github:101/a.yml) no longer signs; unsigned"],
    ),
    "no signature of one file": (
        lock("1.0", A),
        lock("1.1", "", wheel=(A,)),
        [
            "signer-lost (alarm): acme/tool (github:101/a.yml) no longer signs",
            "  file: tool-1.1.tar.gz",
        ],
    ),
    "another signer": (
        lock("1.0", A),
        lock("1.1", B),
        [
            "signer-changed: acme/tool (github:101/a.yml) -> ed25519:bb",
            "  context: ref=tag -> none",
            "  owner-id: 7 -> none",
        ],
    ),
    "another context": (
        lock("1.0", A),
        lock("1.0", A, renamed(attributes=(("context", "ref=branch:main"), ("owner-id", "7")))),
        ["signer-changed: acme/tool (github:101/a.yml)", "  context: ref=tag -> ref=branch:main"],
    ),
    "another name": (
        lock("1.0", A),
        lock("1.0", A, renamed(label="acme/ng")),
        ["signer-renamed: acme/tool -> acme/ng (github:101/a.yml)"],
    ),
    "a first name": (
        lock("1.0", A, renamed(label="")),
        lock("1.0", A),
        ["signer-renamed: no name -> acme/tool (github:101/a.yml)"],
    ),
    "a hostile name": (
        lock("1.0", A),
        lock("1.0", A, renamed(label="acme\u200btool")),
        ["signer-renamed: acme/tool -> acme\\u{200b}tool (github:101/a.yml)"],
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_change_of_signers_in_words(row: str) -> None:
    """Who signed before and who signs now, by label and whole id, then each field that differs."""
    before, after, expected = ROWS[row]
    (change,) = compare_locks(before, after).pins
    assert lines_of(change.classes) == expected
    shown = render_text(compare_locks(before, after)).splitlines()
    assert shown[1 : 1 + len(expected)] == [" " * 14 + line for line in expected]


def test_what_a_module_may_do_now() -> None:
    """More rights and a lower threshold have lines; so has a new package that is signed."""
    pin = Pin(
        "acme", "@acme/base", "1.0.0", artifacts=(PinnedArtifact("acme-base-1.0.0.tar", digest("a")),), signers=(A, B)
    )
    module = ModuleFacts(digest("t"), threshold=2)
    more = ModuleFacts(digest("t"), True, ("program:git",), threshold=1)
    registry = (LockedSource("acme", "modules", root=digest("r")),)
    base = read_lock("")._replace(signers=RECORDS, sources=registry)
    before = base._replace(packages=(pin._replace(module=module),))
    after = base._replace(packages=(pin._replace(module=more),))
    (change,) = compare_locks(before, after).pins
    assert lines_of(change.classes) == [
        "module-privileged",
        "permissions-widened: program:git",
        "threshold-lowered: 2 -> 1",
    ]
    (change,) = compare_locks(base, after).pins
    assert lines_of(change.classes) == ["signed by ed25519:bb and acme/tool (github:101/a.yml)"]


def test_many_details_are_cut() -> None:
    """A release of hundreds of files does not fill the screen."""
    change = Change("signer-lost", "pypi", "a", None, None, RECORDS[:1], (), tuple(f"file: {i}" for i in range(30)))
    lines = lines_of((change,))
    assert (len(lines), lines[-1]) == (12, "  and 20 more")
