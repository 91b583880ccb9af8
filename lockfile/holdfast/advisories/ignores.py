"""Advisories that the project's policy ignores: for how long, and what is wrong with an ignore that does nothing.

Rule 1: an ignore ends at its `until`, and one with `until-fixed` when a version is known that fixes it.
Rule 2: a malicious release is ignored by an `until` only, and stays a warning.
Rule 3: nothing that is ignored is silent, and no ignore stands in the file for nothing.
"""

from collections.abc import Iterable

from holdfast.advisories.values import Hit
from holdfast.findings.advisory_codes import ADVISORY_CODES
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Pin
from holdfast.model.policy import Ignore, pattern_matches


class Ignores:
    """The ignores of a policy at one moment; it remembers which of them met something."""

    __slots__ = ("_all", "_fixed", "_malicious", "_met", "now")

    def __init__(self, ignores: Iterable[Ignore], now: str) -> None:
        """`now` is RFC 3339 in UTC, whole seconds."""
        self._all = tuple(ignores)
        self._met: set[int] = set()
        self._fixed: dict[int, str] = {}  # what ended an ignore: "jinja2 2.4.1 in 2.10.1"
        self._malicious: dict[int, str] = {}  # what an ignore without a date does not cover: "jinja2 3.1.6"
        self.now = now

    def reason_for(self, pin: Pin, hit: Hit) -> str:
        """Return why an advisory on a pin is ignored; "" where it is not."""
        reason = ""
        for place, ignore in self._about(pin, (hit.id, *hit.aliases)):
            if ignore.until_fixed and hit.fixed:
                self._fixed.setdefault(place, f"{pin.name} {pin.version} by {hit.fixed[0]}")
            elif not reason and self._holds(ignore) and (ignore.until or not hit.malicious):
                reason = ignore.reason
            elif hit.malicious and not ignore.until:
                self._malicious.setdefault(place, f"{pin.name} {pin.version} is malicious")
        return reason

    def covers(self, pin: Pin, ids: tuple[str, ...]) -> bool:
        """Whether what could not be judged of a pin is ignored."""
        return any(self._holds(ignore) for _, ignore in self._about(pin, ids))

    def findings(self, path: str, *, complete: bool) -> tuple[Finding, ...]:
        """Return what is wrong with the ignores, in the order of the file `path`.

        Only where everything could be asked (`complete`) is it known that an ignore meets nothing.
        """
        found: list[Finding] = []
        for place, ignore in enumerate(self._all):
            if not self._holds(ignore):
                expected, said = f"an ignore that holds after {self.now}", f"it ended at {ignore.until}"
                found.append(_finding("ignore-expired", ignore, expected, said, path))
            elif place in self._fixed:
                expected = "an advisory that no version fixes (until-fixed)"
                found.append(_finding("ignore-expired", ignore, expected, f"fixed: {self._fixed[place]}", path))
            elif place in self._malicious:
                expected = "an end by `until`: a malicious release is ignored by a date only"
                found.append(_finding("ignore-unused", ignore, expected, self._malicious[place], path))
            elif complete and place not in self._met:
                found.append(_finding("ignore-unused", ignore, "a locked package that it affects", "none", path))
        return tuple(found)

    def _about(self, pin: Pin, ids: tuple[str, ...]) -> list[tuple[int, Ignore]]:
        names = {name.upper() for name in ids}
        found = [
            (place, ignore)
            for place, ignore in enumerate(self._all)
            if ignore.advisory.upper() in names and _claims(ignore, pin)
        ]
        self._met.update(place for place, _ in found)
        return found

    def _holds(self, ignore: Ignore) -> bool:
        return not ignore.until or self.now < ignore.until


def _claims(ignore: Ignore, pin: Pin) -> bool:
    return not ignore.packages or any(pattern_matches(one, pin.source, pin.name) for one in ignore.packages)


def _finding(code: str, ignore: Ignore, expected: str, found: str, path: str) -> Finding:
    return Finding(
        code,
        ADVISORY_CODES[code].severity,
        f"[[policy.ignore]] {ignore.advisory}",
        f"{expected} ({path}:{ignore.line})",
        found,
        (("reason", ignore.reason),),
        hints=(f"holdfast explain {code}",),
        place=Place(path, ignore.line),
    )
