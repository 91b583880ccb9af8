"""Names of npm packages in URLs and file names."""

from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.registries.npm_addresses import name_as_file, name_in_url, name_of_file
from holdfast_resolver.values.npm_names import is_npm_name


def test_a_scope_is_one_segment_of_the_url() -> None:
    """`@babel/core` is one package, not a folder."""
    assert name_in_url("@babel/core") == "@babel%2fcore"
    assert name_in_url("left-pad") == "left-pad"


_LETTERS = st.text("aAbB-_.~!*'()%2f", min_size=1, max_size=6)


@given(st.lists(_LETTERS | st.builds("@{}/{}".format, _LETTERS, _LETTERS), min_size=2, max_size=2, unique=True))
def test_two_names_never_share_a_file(names: list[str]) -> None:
    """Also where the file system sees no difference between `a` and `A`; and a file tells its name."""
    good = [name for name in names if is_npm_name(name)]
    files = [name_as_file(name) for name in good]
    assert len({file.lower() for file in files}) == len(files)
    assert [name_of_file(file) for file in files] == good
    assert not any("/" in file or file.startswith(".") for file in files)
