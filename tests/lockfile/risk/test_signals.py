"""Signs of releases, licences, archives and code, each with what gives it and what does not."""

import pytest

from holdfast.model.lock import NpmFacts
from holdfast.model.scan import Evidence, Scan, Unread
from holdfast.risk.facts import Limits, ReleaseState
from holdfast.risk.graph import Package
from holdfast.risk.score import Sign
from holdfast.risk.signals_code import code_signs, reach_signs
from holdfast.risk.signals_licences import licence_signs
from holdfast.risk.signals_releases import release_signs
from tests.support.risk_graphs import pin_of

NOW = "2026-11-21T12:00:00Z"
PLAIN = Package("pypi:a 1", pin_of("a"))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ReleaseState(), []),
        (ReleaseState(yanked=""), [Sign("yanked", "no reason given")]),
        (ReleaseState(yanked="broken\nbuild"), [Sign("yanked", "broken build")]),
        (ReleaseState(deprecated="use  b"), [Sign("deprecated", "use b")]),
        (
            ReleaseState(released="2026-11-14T12:00:01Z"),
            [Sign("very-new", "released 2026-11-14, 6 days ago")],
        ),
        (ReleaseState(released="2026-11-14T12:00:00Z"), []),  # seven days
        (
            ReleaseState(released="2026-11-22T12:00:00Z"),
            [Sign("very-new", "released 2026-11-22, 0 days ago")],
        ),
        (ReleaseState(released="2001-01-01T00:00:00Z"), []),  # an old pin is no unmaintained package
        (
            ReleaseState(newest="2023-11-22T12:00:00Z"),
            [Sign("unmaintained", "newest release 2023-11-22, 3 years ago")],
        ),
        (ReleaseState(newest="2023-11-22T12:00:01Z"), []),
        (ReleaseState(released="yesterday", newest="2023"), []),
        (
            ReleaseState(has_dynamic_metadata=True),
            [Sign("dynamic-metadata", "its source archive declares its requirements as dynamic")],
        ),
    ],
)
def test_what_a_registry_says_of_a_release(state: ReleaseState, expected: list[Sign]) -> None:
    """The bounds are exact: seven days are not very new, three years to the second are unmaintained."""
    assert list(release_signs(state, Limits(), NOW)) == expected


def test_a_publishers_own_words_are_kept_short() -> None:
    """One line of 120 letters."""
    (sign,) = release_signs(ReleaseState(deprecated="x" * 500), Limits(), NOW)
    assert len(sign.reason) == 120


@pytest.mark.parametrize(
    ("licence", "signals"),
    [("MIT", []), ("GPL-3.0-only", ["licence-refused"]), ("as you like", ["licence-unclear"]), ("", [])],
)
def test_licences_are_judged_by_policy(licence: str, signals: list[str]) -> None:
    """What is not declared, or not known, gives no sign; so does a project without a policy on licences."""
    judged = {"MIT": True, "GPL-3.0-only": False}
    limits = Limits(allows_licence=lambda source, name, text: judged.get(text))
    package = PLAIN._replace(scan=Scan(licence=licence))
    assert [sign.signal for sign in licence_signs(package, ReleaseState(), limits)] == signals
    assert [sign.signal for sign in licence_signs(PLAIN, ReleaseState(licence=licence), limits)] == signals
    assert not list(licence_signs(package, ReleaseState(), Limits()))


def seen(*evidence: Evidence, unread: tuple[Unread, ...] = ()) -> Package:
    """A package with this evidence."""
    return PLAIN._replace(scan=Scan(tuple(sorted(evidence)), unread=unread, files=1))


def test_a_capability_is_a_sign_with_its_earliest_place() -> None:
    """At import before at call, then by file and line; a grave one that runs at import is one more."""
    package = seen(
        Evidence("network", "r", "a.py", 3, "socket.socket"),
        Evidence("network", "r", "b.py", 9, "urllib.request.urlopen", "import"),
        Evidence("filesystem-write", "r", "a.py", 1, "open", "import"),
    )
    assert list(code_signs(package, {})) == [
        Sign("network", "b.py:9 urllib.request.urlopen"),
        Sign("runs-at-import", "network at import: b.py:9 urllib.request.urlopen"),
        Sign("filesystem-write", "a.py:1 open"),
    ]


@pytest.mark.parametrize("rule", ["python-computed-import", "javascript-computed-import"])
def test_a_computed_name_at_import_is_not_grave(rule: str) -> None:
    """It is dynamic code and no more; text that is run at import beside it is grave, and is what is shown as such."""
    loads = Evidence("dynamic-code", rule, "a.py", 1, "importlib.import_module", "import")
    runs = Evidence("dynamic-code", "python-dynamic-code", "b.py", 9, "builtins.exec", "import")
    said = Sign("dynamic-code", "a.py:1 importlib.import_module")
    assert list(code_signs(seen(loads), {})) == [said]
    assert list(code_signs(seen(loads, runs._replace(moment="call")), {})) == [said]
    grave = Sign("runs-at-import", "dynamic-code at import: b.py:9 builtins.exec")
    assert list(code_signs(seen(loads, runs), {})) == [said, grave]


@pytest.mark.parametrize(
    ("severities", "count"), [({"r": "low"}, 0), ({"r": "medium"}, 1), ({"r": "high"}, 1), ({}, 1)]
)
def test_hiding_counts_by_the_severity_of_its_rule(severities: dict[str, str], count: int) -> None:
    """What well-meant code sets off too is no sign of hiding; an unknown rule counts."""
    package = seen(Evidence("encoded-payload", "r", "a.py", 1, "exec of base64"))
    assert len(list(code_signs(package, severities))) == count


def test_files_that_could_not_be_read_are_counted() -> None:
    """Each is a sign of its own."""
    package = seen(unread=(Unread("a.py", "Python 2"), Unread("b.js", "too deep")))
    assert list(code_signs(package, {})) == [
        Sign("unread-code", "a.py: Python 2"),
        Sign("unread-code", "b.js: too deep"),
    ]


def test_of_an_unscanned_package_only_the_lock_speaks() -> None:
    """An install script of npm is known; of Python nothing is."""
    npm = pin_of("a", "npm")._replace(npm=NpmFacts(install_script=True))
    assert list(code_signs(Package("npm:a 1", npm), {})) == [Sign("install-script", "the lock says so")]
    assert not list(code_signs(PLAIN, {}))


@pytest.mark.parametrize(("blast", "count"), [(0.09, 0), (0.1, 1), (0.55, 5), (1.0, 10)])
def test_reach_counts_full_tenths(blast: float, count: int) -> None:
    """Of a package that can do something; one that can do nothing reaches nobody."""
    assert sum(sign.times for sign in reach_signs(blast, True)) == count
    assert not list(reach_signs(blast, False))
