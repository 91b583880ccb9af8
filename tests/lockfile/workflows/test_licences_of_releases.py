"""The licence of a release, as its own files declare it."""

import pytest

from holdfast.workflows.licences import joint_licence, licence_of_metadata, spdx

HEAD = "Metadata-Version: 2.4\nName: tool\nVersion: 1.0\n"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("License-Expression: mit or apache-2.0\n", "MIT OR Apache-2.0"),
        ("License: BSD-3-Clause\n", "BSD-3-Clause"),
        ("License-Expression: MIT\nLicense: GPL-3.0-only\n", "MIT"),
        ("License: BSD 3-Clause\n", ""),
        ("License: UNKNOWN\n", ""),
        ("License-Expression: MIT OR\n", ""),
        ("License: Permission is hereby granted, free of charge\n        to any person\n", ""),
        ("License: " + "MIT OR " * 500 + "MIT\n", ""),
        ("Classifier: License :: OSI Approved :: MIT License\n", ""),
        ("", ""),
    ],
)
def test_only_an_expression_is_a_licence(lines: str, expected: str) -> None:
    """`License-Expression` first, else `License` where it is one; classifiers and texts are none."""
    assert licence_of_metadata((HEAD + lines).encode()) == expected


def test_bytes_that_are_no_text_declare_nothing() -> None:
    """METADATA of a hostile wheel is no reason to fail."""
    assert licence_of_metadata(b"\xff\xfe\x00License: \xff\n\n") == ""


@pytest.mark.parametrize(
    ("licences", "expected"),
    [
        (["MIT", "MIT"], "MIT"),
        (["MIT", "Apache-2.0"], "Apache-2.0 AND MIT"),
        (["MIT", "MIT OR Apache-2.0"], "MIT AND (MIT OR Apache-2.0)"),
        (["MIT", ""], ""),
        ([], ""),
    ],
)
def test_a_release_stands_under_the_licences_of_all_its_files(licences: list[str], expected: str) -> None:
    """One that declares none leaves it unknown; what comes out is an expression again."""
    found = joint_licence(licences)
    assert found == expected
    assert spdx(found) == found
