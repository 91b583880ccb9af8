"""Under which licence a release stands, by its own files: METADATA, PKG-INFO or `module.toml`, as an SPDX expression.

Knows the fields of core metadata (2.4 `License-Expression`, else `License` where it is an expression); classifiers are
no licence. Must never judge whether a licence is allowed.
"""

from collections.abc import Iterable

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.metadata import parse_email


def licence_of_metadata(text: bytes) -> str:
    """Return the SPDX expression that core metadata declares, in its canonical spelling; "" where it declares none."""
    raw, _ = parse_email(text)
    return spdx(raw.get("license_expression", "")) or spdx(raw.get("license", ""))


def spdx(text: str) -> str:
    """Return an SPDX expression in its canonical spelling; "" for any other text.

    >>> spdx("mit or apache-2.0")
    'MIT OR Apache-2.0'
    """
    if not text or len(text) > 1000:  # a whole licence text is no expression
        return ""
    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return ""


def joint_licence(licences: Iterable[str]) -> str:
    """Return the expression of files that stand under these licences; "" where one of them declares none.

    >>> joint_licence(["MIT", "MIT OR Apache-2.0", "MIT"])
    'MIT AND (MIT OR Apache-2.0)'
    """
    each = sorted(set(licences))
    if not each or "" in each:
        return ""
    if len(each) == 1:
        return each[0]
    return " AND ".join([f"({one})" if " " in one else one for one in each])
