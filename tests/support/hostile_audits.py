"""An audit whose every name was built to break out of the medium that shows it."""

from itertools import pairwise

from holdfast.findings.finding import Finding, Place
from holdfast.model.audit import Audit, Edge, PackageRisk, Reach, Row, SignerRisk, Whole
from holdfast.reports.audit_port import ChangedPackage, Context

NAMES = (
    '</script><script>document.title="owned"</script>',
    "<img src=x onerror='document.title=\"owned\"'>",
    '"><svg onload=document.title="owned">',
    '"]; evil [label="x',
    "a\\",
    'x"];\nclick n0 "https://evil.example"',
    'n0["`**x**`"] --> n1; %%{init: {}}%%',
    "| `a` | [x](https://evil.example) @everyone <b>",
    "::error file=a,line=1::owned",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07\x1b[2J",
    "evil\u202egnp.exe\u2066",
    "<!--",
    "]]><x>&lol;",
    "{{data}} {{policy}} ${x} #quot; &lt;b&gt; \\N\\G",
    "\ud800\x00\x85\u2028",
    "__proto__",
)


def hostile_audit() -> Audit:
    """A chain of packages with such names, in all places of an audit that hold text from outside."""
    ids = tuple(f"npm:{name} {place}" for place, name in enumerate(NAMES))
    packages = tuple(
        PackageRisk(
            ids[place],
            "npm",
            name,
            str(place),
            place + 1,
            ids[: place + 1],
            place,
            0.5,
            0.25,
            len(NAMES) - place - 1,
            (name,),
            "unsigned",
            (name,),
            (name,),
            name,
            name,
            7 * place,
            (Row(name, 7, place, 7 * place, name),),
            "unapproved",
        )
        for place, name in enumerate(NAMES)
    )
    edges = (Edge("", ids[0]), *(Edge(one, two, False) for one, two in pairwise(ids)))
    return Audit(
        Whole(len(NAMES), len(NAMES), 1, len(NAMES), len(NAMES), len(NAMES), 0.1, (ids[:2],), 840, packages[3].rows),
        tuple(sorted(packages)),
        tuple(sorted(edges)),
        tuple(sorted(SignerRisk(name, 1, 0.5, 0.5, (name,)) for name in NAMES)),
        tuple(sorted(Reach(name, ids[place], ids[: place + 1], "call") for place, name in enumerate(NAMES))),
        tuple(
            Finding("advisory-known", "error", name, name, name, ((name, name),), (name, name), (name,), Place(name, 3))
            for name in NAMES
        ),
        NAMES,
        NAMES[0],
    )


def hostile_context() -> Context:
    """A project and changes with such names."""
    changes = tuple(ChangedPackage(name, name, name, name, (name,), (name,)) for name in NAMES)
    return Context(NAMES[0], NAMES[1], changes)
