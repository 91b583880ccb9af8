"""What the project's own `.npmrc` says of registries: it decides where packages come from, so it is part of what waits.

Only the file in the project's folder: what the user's home and environment say is the user's own. Of credentials only
the address that they go to and the variables that they come from are told, never a value. Takes bytes, reads no file.
"""

from hashlib import sha256

from holdfast.configuration.configuration import ClientIndex
from holdfast_resolver.clients.npmrc_files import Setting, read_npmrc
from holdfast_resolver.clients.urls import without_userinfo

NPMRC = ".npmrc"
_WAYS = ("proxy", "https-proxy", "noproxy", "cafile", "strict-ssl", "replace-registry-host")
_CREDENTIALS = ("_authToken", "_auth", "username", "_password")
_CERTIFICATES = ("certfile", "keyfile")


class _AsWritten(dict[str, str]):
    """Variables that stay as they are written: what the machine has in them is the user's own."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"${{{name}}}"


def client_registries(content: bytes) -> tuple[ClientIndex, ...]:
    """Return what an `.npmrc` says, sorted: the order of its lines decides nothing. Any bytes can be read."""
    found = set()
    for key, values in read_npmrc(content, NPMRC, _AsWritten()).items():
        prefix, _, field = key.rpartition(":")
        if key == "registry":
            found.add(ClientIndex("registry", _plain(values[-1].value)))
        elif key[:1] == "@" and field == "registry":
            found.add(ClientIndex("registry", _plain(values[-1].value), prefix))
        elif key == "ca":
            found.update(ClientIndex("ca", f"sha256:{sha256(one.value.encode()).hexdigest()}") for one in values)
        elif key in _WAYS:
            found.add(ClientIndex(key, ",".join([_plain(one.value) for one in values])))
        elif key[:2] == "//" and field in _CREDENTIALS:
            found.add(ClientIndex("credentials", prefix, _variables(values[-1])))
        elif key[:2] == "//" and field in _CERTIFICATES:
            found.add(ClientIndex(field, prefix, values[-1].value))
    return tuple(sorted(found))


def _plain(url: str) -> str:
    """Without what may be a secret: user name, password, query and fragment."""
    return without_userinfo(url).partition("?")[0].partition("#")[0]


def _variables(setting: Setting) -> str:
    """`${TOKEN}`: the variables of a value, without anything that is written out."""
    names = [piece.partition("}")[0] for piece in setting.value.split("${")[1:] if "}" in piece]
    return ", ".join([f"${{{name}}}" for name in sorted(set(names))])
