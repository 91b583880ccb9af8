"""The examples of the finding codes are what an audit really says: each is rendered and compared to the letter."""

from collections.abc import Callable

import pytest

from holdfast.findings.audit_codes import AUDIT_CODES
from holdfast.model.lock import Input, Lock, ModuleFacts, NpmFacts, Pin, PinnedArtifact, Scope
from holdfast.model.scan import Evidence, Imported, Scan, Unread
from holdfast.reports.findings_text import listing
from holdfast.risk.assess import assess
from holdfast.risk.facts import Deviation, Known, ReleaseState
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.requirements import Requirement
from tests.support.lock_scenarios import read_lock

NOW = "2026-11-21T12:00:00Z"
NO_TARGETS = Scope("", "highest", "if-necessary", ())
OF_OTHERS = {
    "capability-denied",
    "capability-unknown",
    "capability-gained",
}  # of policy, and of the comparison of two locks


def said(code: str, lock: Lock, scans: dict[str, Scan] | None = None, known: Known | None = None) -> str:
    """What an audit says under one code."""
    found = assess(lock, scans or {}, known or Known(), now=NOW).findings
    return listing(tuple([one for one in found if one.code == code]))


def of_python(name: str, version: str, source: str = "pypi", edge: str = "") -> Lock:
    """A project that wishes for one package."""
    lock = read_lock(f"wish {name}\n{name} {version} | from {source}\n" + (f"    {edge}\n" if edge else ""))
    wish = Requirement(source, name)
    return lock._replace(inputs=(lock.inputs[0]._replace(requires=(wish,)),))


def seen(capability: str, path: str, line: int, found: str) -> Scan:
    """A scan that saw one thing."""
    return Scan((Evidence(capability, "r", path, line, found),), files=1)


def of_code() -> dict[str, str]:
    """What code hides."""
    dates, cloudy, legacy = of_python("dates", "3.2.0"), of_python("cloudy", "0.9.1"), of_python("legacy", "1.0.2")
    other = (Deviation("dates-3.2.0-py3-none-any.whl", "dates-3.2.0.tar.gz", ("dates/core.py",)),)
    hidden = {"pypi:dates 3.2.0": seen("hidden-text", "dates/core.py", 88, "U+202E")}
    payload = {"pypi:dates 3.2.0": seen("encoded-payload", "setup.py", 9, "exec of base64")}
    secret = {"pypi:cloudy 0.9.1": seen("secret", "cloudy/settings.py", 3, "private key")}
    unread = Scan(unread=(Unread("legacy/old.py", "Python 2"), Unread("legacy/x.py", "Python 2")), files=14)
    return {
        "text-hidden": said("text-hidden", dates, hidden),
        "payload-encoded": said("payload-encoded", dates, payload),
        "secret-inside": said("secret-inside", cloudy, secret),
        "code-unread": said("code-unread", legacy, {"pypi:legacy 1.0.2": unread}),
        "archive-differs": said("archive-differs", dates, known=Known(archives={"pypi:dates 3.2.0": other})),
    }


def of_releases() -> dict[str, str]:
    """What is said of releases and names."""
    npm = Pin("npm", "request", "2.88.2", npm=NpmFacts())
    wish = Input("package.json", "project", "", (NpmRequirement("npm", "request", range="*"),))
    states = {
        "npm:request 2.88.2": ReleaseState(deprecated="request has been deprecated"),
        "pypi:dates 3.2.0": ReleaseState(released="2026-11-19T08:00:00Z"),
        "pypi:legacy 1.0.2": ReleaseState(newest="2019-03-02T11:00:00Z", has_dynamic_metadata=True),
        "internal:acme-tools 1.2.0": ReleaseState(elsewhere=("pypi",)),
    }
    known = Known(releases=states)
    legacy = of_python("legacy", "1.0.2")
    return {
        "release-deprecated": said("release-deprecated", Lock(NO_TARGETS, (wish,), (npm,)), known=known),
        "release-new": said("release-new", of_python("dates", "3.2.0"), known=known),
        "release-old": said("release-old", legacy, known=known),
        "metadata-dynamic": said("metadata-dynamic", legacy, known=known),
        "name-elsewhere": said("name-elsewhere", of_python("acme-tools", "1.2.0", "internal"), known=known),
        "name-alike": said("name-alike", of_python("reqeusts", "2.32.0")),
    }


def of_imports() -> dict[str, str]:
    """What both graphs say side by side."""
    lock = read_lock("wish web\nweb 2.0.0\n    dates\n    chardet\ndates 3.2.0\n    six\nsix 1.17.0\nchardet 5.0.0\n")
    scans = {
        "pypi:web 2.0.0": Scan(imports=(Imported("six", "web/compat.py", 3, "import"),), files=31),
        "pypi:six 1.17.0": Scan(provides=("six",), files=1),
        "pypi:chardet 5.0.0": Scan(provides=("chardet",), files=1),
    }
    return {code: said(code, lock, scans) for code in ("import-undeclared", "dependency-unused")}


def of_modules() -> dict[str, str]:
    """What is said of modules."""
    files = (PinnedArtifact("a.tar.gz", "sha256:00"),)
    needs = ((Requirement("acme", "@acme/report", range="^1"), ""),)
    pins = (
        Pin("acme", "@acme/guards", "2.1.0", "", "", files, (), needs, (), ModuleFacts("sha256:00", True)),
        Pin("acme", "@acme/report", "1.4.0", "", "", files, module=ModuleFacts("sha256:00", False, ("network:*",))),
    )
    wish = Input("holdfast.toml", "module", "", (Requirement("acme", "@acme/guards", range="^2"),))
    lock = Lock(NO_TARGETS, (wish,), pins)
    scans = {
        "acme:@acme/guards 2.1.0": seen("network", "hooks/report.py", 12, "urllib.request.urlopen"),
        "acme:@acme/report 1.4.0": seen("network", "report.py", 1, "socket.socket"),
    }
    return {code: said(code, lock, scans) for code in ("capability-privileged", "capability-undeclared")}


@pytest.mark.parametrize("make", [of_code, of_releases, of_imports, of_modules])
def test_an_example_is_what_an_audit_says(make: Callable[[], dict[str, str]]) -> None:
    """Subject, expectation, what was found, source, path and next command."""
    for code, text in make().items():
        assert text == AUDIT_CODES[code].example


def test_every_code_has_an_example_that_was_compared() -> None:
    """Besides those that other rooms say."""
    compared = {*of_code(), *of_releases(), *of_imports(), *of_modules()}
    assert compared | OF_OTHERS == set(AUDIT_CODES)


def test_an_address_in_the_prose_of_a_module_is_no_deed() -> None:
    """A link for people needs no permission; a call does."""
    pin = Pin("acme", "@acme/guards", "2.1.0", module=ModuleFacts("sha256:00"))
    wish = Input("holdfast.toml", "module", "", (Requirement("acme", "@acme/guards", range="^2"),))
    link = Evidence("network", "text-address", "README.md", 3, "docs.acme.example")
    call = Evidence("network", "python-network", "a.py", 3, "socket.socket")
    lock = Lock(NO_TARGETS, (wish,), (pin,))
    assert not said("capability-undeclared", lock, {"acme:@acme/guards 2.1.0": Scan((link,))})
    assert "a.py:3 socket.socket" in said(
        "capability-undeclared", lock, {"acme:@acme/guards 2.1.0": Scan((call, link))}
    )
