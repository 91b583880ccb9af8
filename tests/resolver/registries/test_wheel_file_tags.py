"""Tags in wheel file names."""

import pytest

from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.registries.wheel_tags import wheel_tag


@pytest.mark.parametrize(
    ("file", "tag"),
    [
        ("foo-1.0-py3-none-any.whl", ("py3", "none", "any")),
        ("foo-1.0-1-py2.py3-none-any.whl", ("py2.py3", "none", "any")),
        ("foo-1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
         ("cp312", "cp312", "manylinux_2_17_x86_64.manylinux2014_x86_64")),
    ],
)  # fmt: skip
def test_wheel_tag_gives_the_raw_tag_sets(file: str, tag: tuple[str, str, str]) -> None:
    """The last three parts of the name are the tag, with or without a build number."""
    assert wheel_tag(file) == tag


@pytest.mark.parametrize(
    "file", ["foo-1.0.tar.gz", "foo.whl", "foo-1.0-py3-none.whl", "a-b-c-d-e-f-g.whl", "a-1--b-c.whl", ""]
)
def test_wheel_tag_refuses_other_names(file: str) -> None:
    """A name that is no wheel's is an invalid input."""
    with pytest.raises(InvalidInput):
        wheel_tag(file)
