"""How signers and trust levels are said: behind the pins of a tree, below it, and as keys of its JSON. Words only.

@acme/guards 2.1.0  [registry-verified, by acme-release (ed25519:0c4f0c4f0c4f0c4f)]      a module: its level
acme-tool 1.0  [acme/tool (github:101...)]                                              any other package
acme-tool 1.1  [acme/tool (github:101...), one wheel unsigned]
168 packages are unsigned                                                               once, below the tree
"""

from collections.abc import Iterable, Mapping

from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock, Pin, Signer
from holdfast.model.signed_files import files_by_signer, unsigned_files
from holdfast.model.signers import artifact_signers, canonical_id, named, publishers, records, signers_of_files
from holdfast.model.standing import Standing
from holdfast.model.words import spell_pin

_SHOWN = 24  # characters of an id without parts: its kind and 16 digits

# what ends the part of an id that says where its holder lives, and how many parts of that kind it has
_ENDS = {"github": ("/", 1), "github-name": ("/", 2), "gitlab": ("/", 1), "gitlab-name": ("//", 1), "oidc": ("?", 1)}


def in_words(graph: LockGraph, standings: Mapping[int, Standing]) -> dict[int, str]:
    """Return what stands behind each pin: `trusted, by acme-release; inherits unsigned from @a/b 1.0.0`.

    Of a package that is no module only the signers; an unsigned one has no words of its own: see `closing`.
    """
    names = short_names(graph.lock)
    packages = graph.lock.packages
    said = {
        place: signers_in_words(packages[place], names)
        if packages[place].module is None
        else _words(graph, place, standing, names)
        for place, standing in standings.items()
    }
    return {place: words for place, words in said.items() if words}


def closing(graph: LockGraph, standings: Mapping[int, Standing], shown: Iterable[int]) -> str:
    """Return the line below a tree, `168 packages are unsigned`; "" where nothing that it shows is, but modules."""
    packages = graph.lock.packages
    number = sum(
        [place in standings and packages[place].module is None and not files_by_signer(packages[place])
         for place in shown]
    )  # fmt: skip
    if not number:
        return ""
    return f"{number} package{' is' if number == 1 else 's are'} unsigned\n"


def signers_in_words(pin: Pin, names: Mapping[str, str]) -> str:
    """Return who signed the files of a pin: `acme/tool (github:101...), one wheel unsigned`; "" for nobody.

    `names` are by reference. A signer of some files only carries which: `B (...) for 2 wheels`. Files that nobody
    signed come last.
    """
    signed, unsigned = files_by_signer(pin), unsigned_files(pin)
    most = len(pin.artifacts) - len(unsigned)
    said = [
        _called(pin, signer, names) + ("" if len(files) == most else f" for {_files(files)}")
        for signer, files in signed.items()
    ]
    return " and ".join(said) + (f", {_files(unsigned)} unsigned" if said and unsigned else "")


def short_names(lock: Lock) -> dict[str, str]:
    """Return how each record of a signer is called, by the reference to it: `acme/tool (github:101...)`.

    Its label with the beginning of its id, since anybody may call a key or a repository so; with the whole id where two
    identities would be called the same.
    """
    known = records(lock)
    short = {reference: _named(signer, _beginning(signer.id)) for reference, signer in known.items()}
    called: dict[str, set[str]] = {}
    for reference, name in short.items():
        called.setdefault(name, set()).add(known[reference].id)
    return {
        reference: short[reference] if len(called[short[reference]]) == 1 else _named(signer, signer.id)
        for reference, signer in known.items()
    }


def full_names(lock: Lock) -> dict[str, str]:
    """Return the label of each record with the whole id, by reference: `acme/tool (github:101/.github/workflows/a)`."""
    return {reference: _named(signer, signer.id) for reference, signer in records(lock).items()}


def in_json(graph: LockGraph, standings: Mapping[int, Standing]) -> dict[int, dict[str, object]]:
    """Return the keys of each node: level, inherited, vetted, signers, and artifacts where these differ."""
    from holdfast.reports.tree import identity

    lock = graph.lock
    return {
        place: {
            "level": one.level,
            "inherited": {
                "level": one.inherited,
                "path": [identity(graph, step) for step in one.path],
            },
            "vetted": [{"id": signer.id, "label": signer.label} for signer in one.vetted],
            **signers_in_json(lock.packages[place], lock),
        }
        for place, one in standings.items()
    }


def signers_in_json(pin: Pin, lock: Lock) -> dict[str, object]:
    """Return who signed every file of a pin; where that is not the same for all files, who signed each."""
    known, whole = records(lock), publishers(pin)

    def values(references: Iterable[str]) -> list[dict[str, str]]:
        pairs = dict.fromkeys([(signer.id, signer.label) for signer in named(references, known)])
        return [{"id": id_, "label": label} for id_, label in pairs]

    return {
        "signers": values(one for one in signers_of_files(pin) if canonical_id(one) in whole),
        "artifacts": [
            {"file": artifact.file, "signers": values(artifact_signers(pin, artifact))}
            for artifact in pin.artifacts
            if any(one.signers is not None for one in pin.artifacts)
        ],
    }


def _called(pin: Pin, signer: str, names: Mapping[str, str]) -> str:
    """What an identity is called by a pin that names it: `acme/old (github:101...) or acme/new (github:101...)`."""
    called = [names.get(one, signer) for one in signers_of_files(pin) if canonical_id(one) == signer]
    return " or ".join(dict.fromkeys(called))


def _words(graph: LockGraph, place: int, standing: Standing, names: Mapping[str, str]) -> str:
    pin, said = graph.lock.packages[place], standing.level
    if pin.signers:
        said += ", by " + " and ".join([names.get(one, one) for one in pin.signers])
    if pin.module is not None and pin.module.vetted:
        said += "; vetted by " + " and ".join([names.get(one, one) for one in pin.module.vetted])
    if standing.path:
        way = " -> ".join(spell_pin(graph.lock.packages[place]) for place in standing.path[1:])
        said += f"; inherits {standing.inherited} from {way}"
    return said


def _named(signer: Signer, shown: str) -> str:
    return f"{signer.label} ({shown})" if signer.label else shown


def _beginning(signer: str) -> str:
    """`github:101/.github/workflows/release.yml` -> `github:101...`; a key's id ends after 16 digits."""
    kind, _, rest = signer.partition(":")
    if kind not in _ENDS:
        return signer[:_SHOWN]
    end, parts = _ENDS[kind]
    begun = end.join(rest.split(end)[:parts])
    return f"{kind}:{begun}" + ("..." if begun != rest else "")


def _files(files: tuple[str, ...]) -> str:
    """`one wheel`, `2 wheels and the sdist`"""
    wheels = sum([file.endswith(".whl") for file in files])
    others = len(files) - wheels
    said = [f"{wheels} wheels" if wheels > 1 else "one wheel"] if wheels else []
    if others:
        said.append(f"{others} sdists" if others > 1 else "the sdist")
    return " and ".join(said)
