"""Which pre-releases may be chosen: a rule beside the mask algebra, since it is not closed under complement.

Whether a pre-release may be chosen depends on the whole package and on who asks, so admission is asked once
per package, as one mask to be joined to its domain. Knows no solver.
Specification: PEP 440, "Handling of pre-releases".
"""

from __future__ import annotations

from holdfast_resolver.versions.pep440_ranges import names_prerelease

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.versions.candidates import Candidates

__all__ = ["RULES", "admitted", "names_prerelease"]

RULES = ("if-necessary", "allow", "disallow")


def admitted(table: Candidates, rule: str, named: bool) -> int:
    """Return the mask of the candidates that may be chosen under a rule of `RULES`.

    `named`: a wish of the project itself names a pre-release of this package (`names_prerelease`). Under
    "if-necessary" pre-releases are admitted when `named` or when the package has nothing else.
    """
    if rule == "allow":
        return table.everything
    finals = table.everything & ~table.prereleases
    if rule == "if-necessary" and (named or not finals):
        return table.everything
    return finals
