"""How the name of an npm package is written into a URL and into a file name. Knows no registry and no folder."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.@~")


def name_in_url(name: str) -> str:
    """Return the path segment of a package: `@babel/core` is asked for as `@babel%2fcore`."""
    return name.replace("/", "%2f")


def name_as_file(name: str) -> str:
    """Return a file name of its own for each name, also where file systems see no capital letters.

    >>> name_as_file("@babel/core"), name_as_file("JSONStream")
    ('@babel%2fcore', '%4a%53%4f%4e%53tream')
    """
    if _PLAIN.issuperset(name):
        return name
    return "".join([letter if letter in _PLAIN else f"%{ord(letter):02x}" for letter in name])


def name_of_file(file: str) -> str:
    """Undo `name_as_file`; what it did not make comes back in some form."""
    if "%" not in file:
        return file
    from urllib.parse import unquote  # start-up: only for scopes and capitals, and only to list what is cached

    return unquote(file)
