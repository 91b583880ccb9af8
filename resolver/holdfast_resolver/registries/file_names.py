"""What the name of a distribution file says: its kind and its version.

Wheels follow the binary distribution format (PEP 427), sdists PEP 625 and the looser habits before it.
Knows names only; whether a version suits anybody is asked elsewhere.
"""

import re

from holdfast_resolver.values.names import normalize_name
from holdfast_resolver.versions.wheels import may_serve

WHEEL = "wheel"
SDIST = "sdist"
LEGACY = "legacy"  # source archives that PEP 527 retired: seen, named, never used

_SDIST_ENDINGS = (".tar.gz", ".zip")
_LEGACY_ENDINGS = (".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar")

# PEP 440, appendix B, in its permissive spelling: 1.0, v1.0-rc.1, 1!2.0.post3+local.7, 2.0-1
_VERSION = re.compile(
    r"v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*"
    r"(?:[-_.]?(?:alpha|beta|preview|pre|rc|a|b|c)[-_.]?[0-9]*)?"
    r"(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?"
    r"(?:[-_.]?dev[-_.]?[0-9]*)?"
    r"(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?",
    re.IGNORECASE | re.ASCII,
)
_WHEEL_REST = re.compile(r"(?:[0-9][A-Za-z0-9_.]*-)?[A-Za-z0-9_.]+-[A-Za-z0-9_.]+-[A-Za-z0-9_.]+", re.ASCII)


class FileNames:
    """Reads the file names of one package; equal parts of names are judged once."""

    def __init__(self, name: str) -> None:
        """`name` is the package's normalised name."""
        self._name = name
        self._is_ours: dict[str, bool] = {}
        self._versions: dict[str, str] = {}
        self._tags: dict[str, bool] = {}  # what follows a wheel's version -> whether it is well formed
        self._useful: dict[str, bool] = {}  # the same -> whether a wheel with these tags can serve any target

    def read(self, file: str) -> tuple[str, str]:
        """Return (kind, version): kind is "wheel", "sdist", "legacy" or "" (no source or wheel at all).

        The version is "" when the name is not one of this package, or for a legacy archive.

        >>> FileNames("foo-bar").read("Foo.Bar-1.0-2-py3-none-any.whl")
        ('wheel', '1.0')
        """
        if file.endswith(".whl"):
            prefix, _, rest = file[:-4].partition("-")
            version, _, tags = rest.partition("-")
            formed = self._tags.get(tags)
            if formed is None:
                formed = self._tags[tags] = _WHEEL_REST.fullmatch(tags) is not None
            if not formed or not self._is_name(prefix):
                return WHEEL, ""
            # An escaped hyphen of the version, as in foo-2.0_1-py3-none-any.whl
            return WHEEL, self._version(version) or self._version(version.replace("_", "-"))
        for ending in _SDIST_ENDINGS:
            if file.endswith(ending):
                return SDIST, self._sdist_version(file[: -len(ending)])
        return (LEGACY if file.endswith(_LEGACY_ENDINGS) else ""), ""

    def may_serve(self, file: str) -> bool:
        """Whether a file of this package can serve any target there is: an sdist, or a wheel with such tags."""
        if not file.endswith(".whl"):
            return True
        tags = file[:-4].split("-", 2)[2]
        known = self._useful.get(tags)
        if known is None:
            _, python, abi, platform = file[:-4].rsplit("-", 3)
            known = self._useful[tags] = may_serve(f"{python}-{abi}", platform)
        return known

    def _sdist_version(self, stem: str) -> str:
        # The length decides in nearly all names: only runs of separators make a name longer than its normal
        # form.
        at = len(self._name)
        if stem[at : at + 1] == "-" and self._is_name(stem[:at]):
            return self._version(stem[at + 1 :])
        at = stem.find("-")
        while at > 0:
            if self._is_name(stem[:at]):
                return self._version(stem[at + 1 :])
            at = stem.find("-", at + 1)
        return ""

    def _is_name(self, text: str) -> bool:
        known = self._is_ours.get(text)
        if known is None:
            known = self._is_ours[text] = text.isascii() and normalize_name(text) == self._name
        return known

    def _version(self, text: str) -> str:
        known = self._versions.get(text)
        if known is None:
            known = self._versions[text] = text if _VERSION.fullmatch(text) else ""
        return known


def file_version(file: str, name: str) -> tuple[str, str]:
    """Return (kind, version) of one file name, as `FileNames.read` does."""
    return FileNames(name).read(file)
