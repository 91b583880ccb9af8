"""The rows of `holdfast registry ...`."""

from holdfast.cli.table import FORMATS, TEXT_OR_JSON, Command, Parameter

SUMMARY = "keep a registry of modules: static files, signed"

_HERE = "holdfast.cli.commands."
_TIERS = ("unverified", "verified", "trusted")


def _value(name: str, metavar: str, text: str, *choices: str) -> Parameter:
    return Parameter(name, "value", text, ("--" + name,), metavar, choices)


_DIR = Parameter("folder", "word", "the registry's folder", metavar="DIR", required=True)
_KEYS = _value("keys", "KEYS", "the folder of the registry's keys (default: DIR.keys)")
_INBOX = _value("inbox", "INBOX", "the folder into which publishers drop submissions (default: DIR.inbox)")
_PASSPHRASE = _value("passphrase-file", "FILE", "the file whose first line opens encrypted keys (default: ask)")
_REASON = _value("reason", "TEXT", "why, in one line for everybody who meets it")
_KEEPING = (_KEYS, _PASSPHRASE)
_NAME = Parameter("name", "word", "the module", metavar="NAME", required=True)
_VERSION = Parameter("version", "word", "the release", metavar="VERSION", required=True)

COMMANDS = (
    Command(
        "registry init",
        "make a registry: keys, root and an empty first state",
        (
            _DIR,
            _value("name", "NAME", "the registry's name, such as acme"),
            _value("root-keys", "N", "how many root keys to make (default: 3)"),
            _value("root-threshold", "N", "how many of them sign a root (default: 2)"),
            _KEYS,
            _value("passphrase-file", "FILE", "encrypt root, targets and modules keys by this file's first line"),
        ),
        _HERE + "registry:init",
        "tuf-repo init, helm repo index",
    ),
    Command(
        "registry submit",
        "drop a signed archive into a registry's inbox",
        (
            Parameter("archive", "word", "the module's archive", metavar="ARCHIVE", required=True),
            _value("inbox", "INBOX", "the inbox's folder"),
            Parameter(
                "signature", "values", "a publisher's signature (default: ARCHIVE.sig)", ("--signature",), "FILE"
            ),
            Parameter(
                "vetted",
                "values",
                "a co-signature (default: ARCHIVE.vetted.sig, if it is there)",
                ("--vetted",),
                "FILE",
            ),
            _value("report", "FILE", "the vetting report that a co-signature binds"),
        ),
        _HERE + "registry:submit",
        "npm publish, cargo publish",
    ),
    Command(
        "registry publish",
        "judge what waits in the inbox, and publish what holds",
        (
            _DIR,
            _INBOX,
            Parameter("cosign", "switch", "let the registry's own key vouch for what is published", ("--cosign",)),
            _value("report", "FILE", "a vetting report that the registry's co-signature binds"),
            Parameter(
                "allow-similar", "switch", "publish also a name that looks like one that is there", ("--allow-similar",)
            ),
            *_KEEPING,
            TEXT_OR_JSON,
        ),
        _HERE + "registry:publish",
    ),
    Command(
        "registry yank",
        "let a release be chosen no more; who has it locked keeps it",
        (_DIR, _NAME, _VERSION, _REASON, *_KEEPING),
        _HERE + "registry:yank",
        "cargo yank, npm deprecate",
    ),
    Command(
        "registry unyank",
        "take a yank back",
        (_DIR, _NAME, _VERSION, *_KEEPING),
        _HERE + "registry:unyank",
        "cargo yank --undo",
    ),
    Command(
        "registry revoke",
        "issue the next revocation list, with one more key or digest",
        (
            _DIR,
            Parameter(
                "value", "word", "a key's id (ed25519:...) or a digest (sha256:...)", metavar="VALUE", required=True
            ),
            _value("cause", "CAUSE", "compromise voids; superseded only ends", "compromise", "superseded"),
            _REASON,
            _value("effective", "TIME", "from when on it holds (default: now)"),
            _value("days", "N", "for how many days the list counts (default: 30)"),
            *_KEEPING,
        ),
        _HERE + "registry_notices:revoke_value",
    ),
    Command(
        "registry advise",
        "publish an advisory in OSV form",
        (
            _DIR,
            Parameter("advisory", "word", "the advisory's file: OSV JSON", metavar="FILE", required=True),
            *_KEEPING,
        ),
        _HERE + "registry_notices:advise_file",
        "osv.dev",
    ),
    Command(
        "registry publishers",
        "show or change who may publish what; changes need the targets key",
        (
            _DIR,
            Parameter(
                "action",
                "word",
                "list; challenge NAME; add NAME; tier NAME TIER; threshold NAME N; retire-key NAME ID (default: list)",
                metavar="ACTION",
                choices=("list", "challenge", "add", "tier", "threshold", "retire-key"),
            ),
            Parameter("name", "word", "the publisher", metavar="NAME"),
            Parameter("value", "word", "the tier, the number of keys, or the key's id", metavar="VALUE"),
            _value("key", "KEY", "add: the public key, its text or its file"),
            _value("answer", "FILE", "add: the challenge, signed by `holdfast registry answer`"),
            Parameter(
                "scope", "values", "add: names it may publish (default: @NAME/*; repeatable)", ("--scope",), "PATTERN"
            ),
            _value("tier", "TIER", "add: how well it is known (default: unverified)", *_TIERS),
            _value("threshold", "N", "add: how many of its keys sign a release (default: 1)"),
            _value("label", "TEXT", "add: what the key is called (default: NAME)"),
            _value("until", "TIME", "add, retire-key: the end of the key's time (default: open; now)"),
            Parameter("output", "value", "challenge: the file to write", ("-o", "--output"), "FILE"),
            *_KEEPING,
            TEXT_OR_JSON,
        ),
        _HERE + "registry_publishers:publishers",
        "npm owner, cargo owner",
    ),
    Command(
        "registry answer",
        "answer a registry's challenge: proof that a key is yours",
        (
            Parameter("challenge", "word", "the challenge's file", metavar="CHALLENGE", required=True),
            _value("registry", "DIGEST", "the registry you mean, by its first root: sha256:..."),
            _value("publisher", "NAME", "the publisher's name you asked for"),
            _value("key", "FILE", "the private key: an OpenSSH or PKCS#8 file"),
            _value("agent", "ID", "sign by the key of this id, fingerprint or comment in the ssh-agent"),
            _PASSPHRASE,
            Parameter("output", "value", "the answer's file (default: CHALLENGE.answer)", ("-o", "--output"), "FILE"),
        ),
        _HERE + "registry_publishers:answer",
    ),
    Command(
        "registry rotate-key",
        "put a new key in the place of one that signs",
        (
            _DIR,
            Parameter(
                "role",
                "word",
                "what the key signs",
                metavar="ROLE",
                choices=("root", "targets", "modules", "notices", "online", "registry-cosign", "revocation"),
                required=True,
            ),
            Parameter(
                "retire",
                "values",
                "root: the key to replace, by its file's name or its id (default: the oldest; repeatable)",
                ("--retire",),
                "KEY",
            ),
            *_KEEPING,
        ),
        _HERE + "registry_keeping:rotate",
        "tuf root rotation",
    ),
    Command(
        "registry refresh",
        "sign anew what nears its end; run it at least once in three days",
        (_DIR, *_KEEPING),
        _HERE + "registry_keeping:refresh_state",
    ),
    Command(
        "registry check",
        "read the whole registry as a client would",
        (_DIR, TEXT_OR_JSON._replace(choices=FORMATS)),
        _HERE + "registry_keeping:check",
        "restic check, borg check",
    ),
    Command(
        "registry upload-list",
        "list the files of the registry in the order in which to upload them",
        (
            _DIR,
            _value("since", "N", "only what is new since this version of timestamp.json"),
        ),
        _HERE + "registry_keeping:upload_list",
    ),
    Command(
        "registry serve",
        "serve a registry on loopback, for development",
        (
            _DIR,
            _value("port", "N", "the port (default: 8700; 0 takes a free one)"),
        ),
        _HERE + "registry_serve:serve",
        "python -m http.server",
    ),
)
