"""Which artifacts of a release count as the code that is installed."""

from holdfast.model.lock import Pin, PinnedArtifact
from holdfast.model.scan import Evidence, Scan
from holdfast.risk.installed_code import installed_files, installed_scan, joined
from holdfast_resolver.values.targets import parse_target
from holdfast_resolver.versions.grid import Grid

GRID = Grid((parse_target("cp312 linux-x86_64 glibc-2.28"), parse_target("cp312 windows-x86_64")))
SDIST, ANY, LINUX = "a-1.tar.gz", "a-1-py3-none-any.whl", "a-1-cp312-cp312-manylinux_2_28_x86_64.whl"
SETUP = Scan((Evidence("install-script", "r", "setup.py", 1, "setup.py", "install"),), files=1, size=10)
CODE = Scan((Evidence("network", "r", "a.py", 1, "socket"),), files=2, size=20, licence="MIT")


def pin(*files: str, when: str = "") -> Pin:
    """A pin of these files."""
    return Pin("pypi", "a", "1", when=when, artifacts=tuple(PinnedArtifact(file, "sha256:00") for file in files))


def test_a_source_archive_beside_wheels_for_all_targets_is_never_built() -> None:
    """What its setup.py does counts for nothing."""
    assert installed_files(pin(SDIST, ANY), GRID) == (ANY,)
    assert installed_scan(pin(SDIST, ANY), GRID, {SDIST: SETUP, ANY: CODE}) == CODE


def test_a_source_archive_counts_where_a_target_has_no_wheel() -> None:
    """It is built there; where the pin is not locked, nothing needs a wheel."""
    assert installed_files(pin(SDIST, LINUX), GRID) == (LINUX, SDIST)
    assert installed_files(pin(SDIST, LINUX, when="sys_platform == 'linux'"), GRID) == (LINUX,)
    assert installed_files(pin(SDIST), GRID) == (SDIST,)


def test_scans_are_joined_without_repeating_anything() -> None:
    """Evidence once, files and bytes added up, the licence of the first that declares one."""
    assert joined([CODE, CODE]) == CODE._replace(files=4, size=40)
    both = installed_scan(pin(SDIST, LINUX), GRID, {SDIST: SETUP, LINUX: CODE})
    assert both is not None
    assert [one.capability for one in both.evidence] == ["install-script", "network"]
    assert (both.files, both.size, both.licence) == (3, 30, "MIT")


def test_without_scans_nothing_is_known() -> None:
    """A scan of an archive that is not installed is no knowledge of what is."""
    assert installed_scan(pin(SDIST, ANY), GRID, {SDIST: SETUP}) is None
