"""The score: a published table of signals, and how signs of them add up. Every point has a row that says why.

    signal        weight  cap      a package with four open advisories of high severity:
    advisory-high     20   60      advisory-high: 4 * 20, at most 60 -> 60 points

A sum and nothing else: no averages, no learned weights, no hidden terms, so that a score can be checked with a pencil.
The same signs always give the same rows. `docs/risk.md` has the tables; a test holds them to these.
"""

from collections.abc import Iterable, Mapping

from holdfast.model.audit import Row
from holdfast_resolver.values.tuples import NamedTuple

SHOWN = 3  # reasons in a row, before "+2 more"


class Signal(NamedTuple):
    """A row of the table: what one sign weighs, and the most that all of them can come to."""

    weight: int
    cap: int
    meaning: str


class Sign(NamedTuple):
    """That a signal holds, with the evidence in words."""

    signal: str
    reason: str
    times: int = 1


PACKAGE_SIGNALS: dict[str, Signal] = {
    # What is known to be bad.
    "malware": Signal(200, 200, "an advisory says that the release is malicious"),
    "advisory-critical": Signal(40, 120, "an open advisory of critical severity"),
    "advisory-high": Signal(20, 60, "an open advisory of high severity"),
    "advisory-medium": Signal(10, 30, "an open advisory of medium severity, or of one that is not said"),
    "advisory-low": Signal(3, 9, "an open advisory of low severity"),
    # What its code hides.
    "archive-differs": Signal(20, 20, "the code of its wheel is not the code of its source archive"),
    "hidden-text": Signal(15, 15, "its files hold text that is made not to be seen"),
    "encoded-payload": Signal(15, 15, "encoded text in it is decoded and run, or sent"),
    "secret": Signal(5, 5, "something in it looks like a credential"),
    "undeclared-capability": Signal(8, 24, "it is a module that does what none of its permissions declares"),
    "unread-code": Signal(2, 6, "a file of code in it could not be read"),
    # What its code does by itself.
    "install-script": Signal(10, 10, "it runs a program when it is installed"),
    "deferred-dependency": Signal(10, 10, "it fetches further code when it runs"),
    "runs-at-import": Signal(4, 12, "a grave capability is used as soon as it is imported, or installed"),
    # What its code can do.
    "credentials": Signal(8, 8, "it reads where credentials lie"),
    "dynamic-code": Signal(3, 3, "it runs text as code, or loads code by a name that is made when it runs"),
    "deserialisation": Signal(3, 3, "it rebuilds objects in ways that can run code"),
    "subprocess": Signal(2, 2, "it starts other programs"),
    "network": Signal(2, 2, "it speaks to the network"),
    "native-code": Signal(2, 2, "it brings or loads compiled code, which is not looked into"),
    "environment": Signal(1, 1, "it reads environment variables that may hold credentials"),
    "filesystem-write": Signal(1, 1, "it writes files"),
    "privileged": Signal(5, 5, "it is a module that exports what can raise trust"),
    # Who stands behind it.
    "unsigned": Signal(4, 4, "a file of it has no signature"),
    "registry-only": Signal(2, 2, "nobody but the registry signed it"),
    "look-alike": Signal(20, 20, "its name can be taken for that of another package"),
    "name-elsewhere": Signal(10, 10, "another configured source has a package of its name"),
    # How it is looked after.
    "yanked": Signal(10, 10, "its publisher withdrew the release"),
    "deprecated": Signal(5, 5, "its publisher declares it deprecated"),
    "very-new": Signal(5, 5, "it was released a few days ago: too few have looked at it"),
    "unmaintained": Signal(4, 4, "its newest release is years old"),
    "dynamic-metadata": Signal(3, 3, "what it requires is only known once its code was run"),
    "licence-refused": Signal(5, 5, "policy does not allow its licence"),
    "licence-unclear": Signal(2, 2, "what it declares as its licence is no SPDX expression"),
    "undeclared-import": Signal(1, 3, "it imports a package that it does not declare"),
    # What depends on it.
    "reach": Signal(1, 10, "for each full tenth of the graph whose code runs this package's, if that can do anything"),
}

WHOLE_SIGNALS: dict[str, Signal] = {
    "malware": Signal(200, 200, "a package with a malicious release"),
    "advised-packages": Signal(8, 80, "a package with an open advisory"),
    "worst-package": Signal(1, 60, "for each point of the package with the highest score"),
    "risky-packages": Signal(4, 40, "a package with a score of 40 or more"),
    "install-scripts": Signal(2, 20, "a package that runs a program when it is installed"),
    "look-alikes": Signal(10, 30, "a package with a name that can be taken for another's"),
    "unsigned-share": Signal(1, 20, "for each full twentieth of the packages that is not wholly signed"),
    "concentration": Signal(1, 10, "for each full tenth of the packages that the strongest publisher holds"),
    "privileged-reached": Signal(5, 20, "a privileged module that runs with what others can do"),
    "too-deep": Signal(2, 10, "for each step beyond max-depth of policy"),
    "too-many": Signal(5, 5, "more packages than max-packages of policy"),
}


def scored(signs: Iterable[Sign], table: Mapping[str, Signal]) -> tuple[int, tuple[Row, ...]]:
    """Return the score and its rows, in the order of the table. Raises `KeyError` for a signal it does not have.

    >>> scored([Sign("unsigned", "click-8.1.8.tar.gz")], PACKAGE_SIGNALS)
    (4, (Row(signal='unsigned', weight=4, count=1, points=4, reason='click-8.1.8.tar.gz'),))
    """
    counts: dict[str, int] = {}
    reasons: dict[str, set[str]] = {}
    for sign in signs:
        counts[sign.signal] = counts.get(sign.signal, 0) + sign.times
        reasons.setdefault(sign.signal, set()).add(sign.reason)
    if unknown := counts.keys() - table.keys():
        raise KeyError(min(unknown))
    rows = tuple(
        [
            Row(name, row.weight, counts[name], min(row.weight * counts[name], row.cap), _said(reasons[name]))
            for name, row in table.items()
            if counts.get(name)
        ]
    )
    return sum([row.points for row in rows]), rows


def _said(reasons: Iterable[str]) -> str:
    found = sorted(reasons)
    more = [f"+{len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return "; ".join([*found[:SHOWN], *more])
