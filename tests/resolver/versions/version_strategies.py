"""Versions and ranges for property tests: few numbers, so that equal and neighbouring versions are common."""

from hypothesis import strategies as st
from packaging.version import Version

_SHORT = ["0", "1", "2", "9", "10", "11", "00", "01", "2024"]
_NUMBERS = [*_SHORT, "99999999", "007", "123456789012345678901234567890123456789012345678901234567890"]
_SEPARATORS = ["", ".", "-", "_"]


def _suffixes(*words: str) -> list[str]:
    """Every spelling of a suffix: separator, word, and a number with its separator or none."""
    numbered = [between + number for between in _SEPARATORS for number in ("0", "1", "2", "10", "01")]
    spelled = [before + word + after for before in _SEPARATORS for word in words for after in ["", *numbered]]
    return spelled + [word.upper() for word in spelled[::7]]


# One draw from a pool is many times cheaper than the draws that would build its member.
_PRE = _suffixes("a", "b", "rc", "alpha", "beta", "c", "pre", "preview")
_POST = [*_suffixes("post", "rev", "r"), *("-" + number for number in _NUMBERS)]
_DEV = _suffixes("dev")
_SEGMENTS = ["cpu", "CPU", "cu118", "a", "ab", "1a", "0", "1", "01", "10"]
_LOCAL = ["+" + first for first in _SEGMENTS] + [
    f"+{first}{between}{second}" for first in _SEGMENTS for between in ".-_" for second in _SEGMENTS
]
_EPOCHS = [*[""] * 12, "v", "V", "0!", "1!", "10!", "v1!"]

_releases = st.one_of(
    st.sampled_from([f"{a}.{b}" for a in _SHORT for b in _SHORT]),
    st.lists(st.sampled_from(_NUMBERS), min_size=1, max_size=4).map(".".join),
)
_suffix = st.one_of(
    st.just(""),
    st.sampled_from(_PRE),
    st.sampled_from(_POST),
    st.sampled_from(_DEV),
    st.tuples(st.sampled_from(["", *_PRE]), st.sampled_from(["", *_POST]), st.sampled_from(["", *_DEV])).map("".join),
)
_local = st.sampled_from([*[""] * 500, *_LOCAL])


def versions() -> st.SearchStrategy[str]:
    """Any version in any spelling that PEP 440 allows."""
    return st.tuples(st.sampled_from(_EPOCHS), _releases, _suffix, _local, st.sampled_from([*[""] * 9, " ", "\n"])).map(
        lambda parts: parts[4] + "".join(parts[:4]) + parts[4]
    )


def _relatives(text: str) -> list[str]:
    """Versions next to one: its base, pre-, post-, dev- and local releases, and its neighbours."""
    version = Version(text)
    base = version.base_version
    following = str(version.release[-1] + 1).join([base[: len(base) - len(str(version.release[-1]))], ""])
    return [
        version.public,
        base,
        *(f"{version.public.split('.dev')[0]}{suffix}" for suffix in (".dev1", ".dev2", "+cpu", "+1")),
        *(f"{base}{suffix}" for suffix in ("a1", "rc1", "rc1.dev1", ".dev0", ".post0", ".post1", ".post1.dev1")),
        *(f"{base}{suffix}" for suffix in (".0", ".0.1", ".1", ".dev0+1", "rc1.post1", "rc1+x", ".post1+x")),
        following,
        f"{following}.dev0",
        f"{following}a1",
    ]


# One release with every kind of suffix, its neighbours, and another epoch: small enough to try every pair.
FAMILY = [
    *(
        f"1{suffix}"
        for suffix in (
            "",
            ".dev0",
            ".dev1",
            ".dev1+a",
            "a0",
            "a1",
            "a1.dev1",
            "a1+a",
            "a1.post1",
            "b1",
            "rc1",
        )
    ),
    *(f"1{suffix}" for suffix in ("rc1.post0.dev1", "rc1.post0", "rc1.post0+a", ".post0.dev0", ".post0", ".post0+1")),
    *(f"1{suffix}" for suffix in (".post1.dev1", ".post1.dev1+a", ".post1", ".post10", ".0.1", ".0.1.dev1", ".1.dev0")),
    *(f"1+{local}" for local in ("a", "a.b", "a1", "ab", "0", "1", "1.a", "1.0", "10", "2")),
    *(
        "0",
        "0.dev0",
        "0.9",
        "0.9.post1",
        "1.1a1",
        "1.1",
        "1.1.1",
        "1.2.dev1",
        "1.10",
        "2.dev1",
        "2.0",
        "1!0.5",
        "1!1",
    ),
]


@st.composite
def families(draw: st.DrawFn) -> list[str]:
    """Versions near each other, where the operators differ: each with some of its relatives."""
    texts: list[str] = []
    for text in draw(st.lists(versions(), min_size=1, max_size=4)):
        texts.append(text)
        texts += draw(st.lists(st.sampled_from(_relatives(text)), max_size=10))
    return texts


@st.composite
def clauses(draw: st.DrawFn, bases: list[str] | None = None) -> str:
    """One clause of a specifier; around the versions of `bases` where given."""
    blank = draw(st.sampled_from(["", "", " ", "  "]))
    operator = draw(st.sampled_from(["==", "!=", "<=", ">=", "<", ">", "~=", "===", "==*", "!=*"]))
    near = draw(st.sampled_from(bases)) if bases and draw(st.integers(0, 3)) else draw(versions())
    version = Version(near)
    if operator in ("==*", "!=*"):
        release = version.release[: draw(st.integers(1, len(version.release)))]
        epoch = f"{version.epoch}!" if version.epoch else ""
        return f"{operator[:2]}{blank}{epoch}{'.'.join(map(str, release))}.*"
    if operator == "===":
        return f"==={blank}{near.strip()}"
    if operator in ("==", "!="):
        return f"{operator}{blank}{near.strip()}"
    text = near.strip().partition("+")[0]
    if operator == "~=" and len(version.release) < 2:
        operator = ">="
    return f"{operator}{blank}{text}"
