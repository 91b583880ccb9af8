"""A lock against an earlier one: changed bytes, and what `diff` shows."""

from holdfast.drift.base import compare_with_base
from holdfast.model.difference import compare_locks
from holdfast.model.lock import LockedSource
from tests.support.lock_scenarios import TARGETS, digest, read_lock

BASE = read_lock(
    """
wish flask>=3.0
click 8.1.8 | files click-8.1.8-py3-none-any.whl click-8.1.8.tar.gz | signers one two
flask 3.0.2
numpy 1.26.4 | when python_version < '3.12'
numpy 2.1.2 | when python_version >= '3.12'
old 1.0
"""
)


def test_the_same_lock_says_nothing() -> None:
    """No change, no finding."""
    assert compare_with_base(BASE, BASE, "HEAD~1") == ()
    assert compare_locks(BASE, BASE).empty


def test_other_bytes_of_the_same_release_are_an_alarm() -> None:
    """A hash that changed under the same version is named with both hashes and leads to `diff`."""
    after = BASE._replace(
        packages=tuple(
            pin._replace(artifacts=tuple(one._replace(hash=digest("evil")) for one in pin.artifacts))
            if pin.name == "flask"
            else pin
            for pin in BASE.packages
        )
    )
    (finding,) = compare_with_base(after, BASE, "v1.0")
    assert (finding.code, finding.severity) == ("artifact-changed", "alarm")
    assert finding.subject == "flask-3.0.2.tar.gz"
    assert finding.expected == digest("flask-3.0.2.tar.gz") + " (v1.0)"
    assert finding.found == digest("evil") + " (holdfast.lock)"
    assert finding.facts == (("package", "flask 3.0.2"), ("source", "pypi"))
    assert finding.hints == ("holdfast diff v1.0",)
    (change,) = compare_locks(BASE, after).pins
    assert (change.kind, [one.kind for one in change.artifacts]) == ("changed", ["hash-changed"])


def test_files_that_come_and_go_are_warnings() -> None:
    """A file added to a release and one dropped from it are said, each by its name."""
    after = read_lock("wish flask>=3.0\nclick 8.1.8 | files click-8.1.8-1-py3-none-any.whl click-8.1.8.tar.gz\n")
    findings = compare_with_base(after, BASE, "HEAD")
    assert [(one.code, one.severity, one.subject) for one in findings] == [
        ("artifact-added", "warning", "click-8.1.8-1-py3-none-any.whl"),
        ("artifact-removed", "warning", "click-8.1.8-py3-none-any.whl"),
    ]


def test_a_moved_version_is_no_changed_artifact() -> None:
    """Another version has other bytes; that is what `diff` is for."""
    assert compare_with_base(read_lock("flask 3.0.3\n"), BASE, "HEAD") == ()


def test_a_source_that_points_elsewhere_is_said() -> None:
    """The same source name with another identity is a warning: the hashes still hold."""
    before = BASE._replace(sources=(LockedSource("internal", "pypi", "https://a.example/"),))
    after = BASE._replace(sources=(LockedSource("internal", "pypi", "https://b.example/"),))
    (finding,) = compare_with_base(after, before, "HEAD")
    assert (finding.code, finding.severity, finding.found) == (
        "source-changed",
        "warning",
        "https://b.example/",
    )


def test_a_difference_names_every_kind_of_change() -> None:
    """Added, removed, upgraded, downgraded, changed; wishes, scope and sources beside them."""
    after = read_lock(
        """
wish flask>=3.1
click 8.1.8 | python >=3.7 | files click-8.1.8-py3-none-any.whl click-8.1.8.tar.gz | signers two three
flask 3.1.0
new 1.0
numpy 1.26.3 | when python_version < '3.12'
numpy 2.1.10 | when python_version >= '3.12'
""",
        TARGETS[:5],
        (LockedSource("internal", "pypi", "https://a.example/"),),
    )
    difference = compare_locks(BASE, after)
    assert [
        (one.kind, one.name, one.before and one.before.version, one.after and one.after.version)
        for one in difference.pins
    ] == [
        ("changed", "click", "8.1.8", "8.1.8"),
        ("upgraded", "flask", "3.0.2", "3.1.0"),
        ("added", "new", None, "1.0"),
        ("upgraded", "numpy", "2.1.2", "2.1.10"),
        ("downgraded", "numpy", "1.26.4", "1.26.3"),
        ("removed", "old", "1.0", None),
    ]
    click = difference.pins[0]
    assert (click.fields, click.signers_lost, click.signers_gained) == (
        ("requires-python",),
        ("one",),
        ("three",),
    )
    assert [(one.kind, str(one.requirement)) for one in difference.inputs] == [
        ("removed", "pypi:flask>=3.0"),
        ("added", "pypi:flask>=3.1"),
    ]
    assert difference.scope == (("target", "cp312 windows-x86_64", ""),)
    assert difference.sources == (("internal", "", "https://a.example/"),)
