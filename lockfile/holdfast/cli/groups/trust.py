"""The rows of `holdfast trust ...`."""

from holdfast.cli.table import TEXT_OR_JSON, Command, Parameter

SUMMARY = "say which keys are trusted for which modules"

_KEY = Parameter(
    "key",
    "word",
    "a public key file, the private key's file with its .pub beside it, or 'ssh-ed25519 AAAA...'",
    metavar="KEY",
    required=True,
)
_WHO = Parameter("who", "word", "the key's full id, ed25519:..., or its label", metavar="ID|LABEL", required=True)
_HERE = "holdfast.cli.commands.trust:"

COMMANDS = (
    Command(
        "trust add",
        "trust a key for modules, in the project's configuration",
        (
            _KEY,
            Parameter("names", "values", "a module, or a scope such as '@acme/*' (repeatable)", ("--names",), "NAME"),
            Parameter("label", "value", "what people call the key", ("--label",), "LABEL"),
            Parameter("until", "value", "trust it before this date (RFC 3339)", ("--until",), "DATE"),
        ),
        _HERE + "add",
    ),
    Command(
        "trust list",
        "show which keys are trusted for which modules, and until when",
        (TEXT_OR_JSON,),
        _HERE + "list_keys",
    ),
    Command(
        "trust remove",
        "no longer trust a key, for all modules or for some",
        (
            _WHO,
            Parameter("names", "values", "only for this module or scope (repeatable)", ("--names",), "NAME"),
        ),
        _HERE + "remove",
    ),
    Command(
        "trust revoke",
        "mark a key as revoked: it is never trusted again",
        (
            _WHO,
            Parameter("reason", "value", "why, for whoever reads the configuration", ("--reason",), "TEXT"),
        ),
        _HERE + "revoke",
    ),
    Command(
        "trust suggest",
        "show on which publishers the lock relies, by how much of the graph is theirs",
        (TEXT_OR_JSON,),
        _HERE + "suggest",
    ),
)
