"""The small project that every peer serves, and what its lock must hold. Knows no server."""

from tests.support.packages import File, read_releases

NATIVE = (
    "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64 cp311-cp311-win_amd64 "
    "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64 cp312-cp312-win_amd64 "
    "cp311-cp311-musllinux_1_2_x86_64 cp310-cp310-win_amd64"
)

# Extras (one that names another extra of its own package), markers, a cut inside a Python minor, a fork by
# requires-python, a pre-release, names in other spellings, wheels of several platforms, a package without wheels.
PROJECT = f"""
web-kit 2.0.0 | python >=3.8 | sdist static
    Router_Core>=1.4,<3
    page.templates~=3.1
    web-kit[cache] ; extra == 'all'
    cache-store>=1 ; extra == 'cache'
    win-console>=0.4 ; sys_platform == 'win32'
web-kit 1.9.0
    router-core<2
router-core 2.1.0 | python >=3.8 | padding 40000
    number-grid>=2
router-core 2.2.0rc1
router-core 3.0.0
page-templates 3.1.4
    safe-text>=2
page-templates 3.0.0
safe-text 2.1.5 | tags {NATIVE}
safe-text 2.2.0 | tags cp313-cp313-win_amd64
number-grid 2.3.0 | python >=3.12
number-grid 2.2.6 | python >=3.11
cache-store 5.0.1
    deadlines>=4,<5 ; python_full_version < '3.11.3'
deadlines 4.0.3
deadlines 5.0.0
win-console 0.4.6
plain-source 1.2 | tags | python >=3.9 | sdist static
    safe-text
withdrawn 1.0
withdrawn 2.0 | yanked lost its licence
"""

WISHES = ("Web.Kit[all]>=2", "plain_source")
PYTHONS = ("3.11", "3.12")
PINS = (
    "cache-store 5.0.1",
    "deadlines 4.0.3",
    "number-grid 2.2.6",
    "number-grid 2.3.0",
    "page-templates 3.1.4",
    "plain-source 1.2",
    "router-core 2.1.0",
    "safe-text 2.1.5",
    "web-kit 2.0.0",
    "win-console 0.4.6",
)
# Wheels that no target takes, and files of releases that are not chosen, stay out of the lock.
LEFT_OUT = ("musllinux", "cp310")
EDGES = {
    "cache-store": ("pypi:deadlines>=4,<5 ; python_full_version < '3.11.3'",),
    "page-templates": ("pypi:safe-text>=2",),
    "plain-source": ("pypi:safe-text",),
    "router-core": ("pypi:number-grid>=2",),
    "web-kit": (
        "pypi:cache-store>=1 ; extra == 'cache'",
        "pypi:page-templates~=3.1",
        "pypi:router-core>=1.4,<3",
        "pypi:web-kit[cache] ; extra == 'all'",
        "pypi:win-console>=0.4 ; sys_platform == 'win32'",
    ),
}


def files() -> list[File]:
    """All files of all releases."""
    return read_releases(PROJECT)


def pinned_hashes() -> dict[str, str]:
    """File name -> sha256 in hex, of the files that the lock must name."""
    chosen = set(PINS)
    return {
        file.file: file.sha256
        for file in files()
        if f"{file.package} {file.version}" in chosen and not any(word in file.file for word in LEFT_OUT)
    }
