"""The rows of `holdfast key ...`."""

from holdfast.cli.table import TEXT_OR_JSON, Command, Parameter

SUMMARY = "make the keys that sign modules, and show what they are"

_PATH = Parameter(
    "path",
    "word",
    "a public or private key's file, or agent for the keys of the ssh-agent",
    metavar="PATH",
    required=True,
)
_PASSPHRASE = Parameter(
    "passphrase-file",
    "value",
    "the file whose first line is the passphrase (default: ask on the terminal)",
    ("--passphrase-file",),
    "FILE",
)
_HERE = "holdfast.cli.commands.key:"

COMMANDS = (
    Command(
        "key generate",
        "make an Ed25519 key: the private half at PATH, the public line at PATH.pub",
        (
            Parameter("path", "word", "the new private key's file; never overwritten", metavar="PATH", required=True),
            Parameter(
                "form",
                "value",
                "how the private key is written (default: openssh)",
                ("--form",),
                "FORM",
                ("openssh", "pkcs8"),
            ),
            _PASSPHRASE,
            Parameter("comment", "value", "what the public line says of its owner", ("--comment",), "TEXT"),
            TEXT_OR_JSON,
        ),
        _HERE + "generate",
        "ssh-keygen -t ed25519",
    ),
    Command(
        "key show",
        "show a key's public line, its id and its SSH fingerprint",
        (_PATH, _PASSPHRASE, TEXT_OR_JSON),
        _HERE + "show",
        "ssh-keygen -y, ssh-add -L",
    ),
    Command(
        "key fingerprint",
        "print only a key's id: ed25519: and 64 hex digits",
        (
            _PATH,
            Parameter("ssh", "switch", "print the fingerprint as OpenSSH does instead: SHA256:...", ("--ssh",)),
            _PASSPHRASE,
            TEXT_OR_JSON,
        ),
        _HERE + "fingerprint",
        "ssh-keygen -l",
    ),
)
