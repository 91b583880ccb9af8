"""Patterns of package names, as sources claim them: a name, or a beginning with `*` behind it. Knows no ecosystem."""


def patterns_overlap(one: str, two: str) -> bool:
    """Whether some name matches both patterns: `acme-*` and `acme-web`, `@acme/*` and `@ac*`."""
    first, second = one.removesuffix("*"), two.removesuffix("*")
    if one == first and two == second:
        return one == two
    if one == first:
        return one.startswith(second)
    if two == second:
        return two.startswith(first)
    return first.startswith(second) or second.startswith(first)
