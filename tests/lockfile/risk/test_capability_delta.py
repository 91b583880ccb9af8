"""What a release gains and loses, in words with the place."""

from holdfast.model.scan import Evidence, Scan
from holdfast.risk.delta import gains, losses


def scan(*evidence: tuple[str, str, int, str, str]) -> Scan:
    """A scan with (capability, path, line, found, moment)."""
    return Scan(tuple(sorted([Evidence(one[0], "rule", *one[1:]) for one in evidence])))


CALL = ("network", "pkg/x.py", 41, "socket.socket", "call")
IMPORT = ("network", "pkg/y.py", 7, "socket.socket", "import")
SCRIPT = ("install-script", "package.json", 0, "postinstall: node build.js", "install")


def test_a_new_capability_is_named_with_its_place() -> None:
    """What was there already is no news, however often it is used now."""
    assert gains(scan(CALL), scan(CALL, SCRIPT)) == (
        "gains install-script: package.json via postinstall: node build.js",
    )
    moved = ("network", "pkg/z.py", 9, "socket.socket", "call")
    assert gains(scan(CALL), scan(moved, CALL)) == ()


def test_what_runs_earlier_now_is_a_gain() -> None:
    """A capability that was used when called, and now as soon as it is imported; never the other way round."""
    assert gains(scan(CALL), scan(CALL, IMPORT)) == ("gains network at import time: pkg/y.py:7 via socket.socket",)
    assert gains(scan(IMPORT), scan(CALL)) == ()


def test_a_new_package_gains_all_that_it_has() -> None:
    """In the order of the table of capabilities."""
    assert [line.split(":")[0] for line in gains(None, scan(CALL, SCRIPT))] == ["gains install-script", "gains network"]
    assert losses(scan(CALL, SCRIPT), scan(SCRIPT)) == ("loses network: pkg/x.py:41 via socket.socket",)
