"""The rows of `holdfast module ...`."""

from holdfast.cli.table import TEXT_OR_JSON, Command, Parameter

SUMMARY = "make, sign and verify modules"

_DIR = Parameter("folder", "word", "the module's folder (default: here)", metavar="DIR")
_PATH = Parameter("path", "word", "a module's archive, or its folder", metavar="PATH", required=True)
_KEY = Parameter("key", "value", "the private key: an OpenSSH or PKCS#8 file", ("--key",), "FILE")
_AGENT = Parameter(
    "agent", "value", "sign by the key of this id, fingerprint or comment in the ssh-agent", ("--agent",), "ID"
)
_PASSPHRASE = Parameter(
    "passphrase-file", "value", "the passphrase of --key: a file's first line", ("--passphrase-file",), "FILE"
)
_HERE = "holdfast.cli.commands."


def _output(text: str, metavar: str = "FILE") -> Parameter:
    return Parameter("output", "value", text, ("-o", "--output"), metavar)


COMMANDS = (
    Command(
        "module init",
        "write a module.toml and a README to begin a module with",
        (
            _DIR,
            Parameter("name", "value", "the module's name: @scope/name", ("--name",), "NAME"),
        ),
        _HERE + "module:init",
        "npm init, cargo new",
    ),
    Command(
        "module pack",
        "pack a module: the same files give the same bytes everywhere",
        (
            _DIR,
            _output("the archive, or the folder it goes to (default: beside the module's folder)", "FILE|DIR"),
            TEXT_OR_JSON,
        ),
        _HERE + "module:pack_folder",
        "npm pack, cargo package",
    ),
    Command(
        "module inspect",
        "show what a module is, exports and may do, its files and digests",
        (_PATH, TEXT_OR_JSON),
        _HERE + "module:inspect",
        "npm pack --dry-run",
    ),
    Command(
        "module sign",
        "sign a module as its publisher",
        (
            _PATH,
            _KEY,
            _PASSPHRASE,
            _AGENT,
            _output("the signature's file (default: the archive's name and .sig)"),
            TEXT_OR_JSON,
        ),
        _HERE + "module_sign:sign",
        "cosign sign-blob, minisign -S",
    ),
    Command(
        "module cosign",
        "sign that a module was vetted, by another key than its publisher's",
        (
            _PATH,
            _KEY,
            _PASSPHRASE,
            _AGENT,
            Parameter("report", "value", "bind this vetting report by its hash", ("--report",), "FILE"),
            Parameter("policy", "value", "the URI of the policy it was vetted by", ("--policy",), "URI"),
            Parameter(
                "signature",
                "value",
                "the publisher's signature (default: beside PATH)",
                ("--signature",),
                "FILE",
            ),
            _output("the co-signature's file (default: the archive's name and .vetted.sig)"),
            TEXT_OR_JSON,
        ),
        _HERE + "module_sign:cosign",
        "cargo vet certify",
    ),
    Command(
        "module verify",
        "verify an archive, or an unpacked folder, by its signature: offline",
        (
            _PATH,
            Parameter(
                "signature",
                "values",
                "a signature or co-signature (repeatable; default: those beside PATH)",
                ("--signature",),
                "FILE",
            ),
            Parameter(
                "trust-key",
                "values",
                "trust this key: its file, 'ssh-ed25519 AAAA...', or ed25519:ID of a key in [[trust]] (repeatable; "
                "default: all keys of [[trust]])",
                ("--trust-key",),
                "KEY",
            ),
            Parameter("report", "value", "the vetting report that a co-signature must bind", ("--report",), "FILE"),
            Parameter("registry", "value", "take the signatures from this registry's folder", ("--registry",), "DIR"),
            TEXT_OR_JSON,
        ),
        _HERE + "module_verify:verify",
        "npm audit signatures, cosign verify-blob, minisign -V",
    ),
)
