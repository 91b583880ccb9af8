"""What a release's signatures prove, and what a client believes of them."""

import pytest

from holdfast.trust.errors import Tampered
from holdfast.trust.publishers import Publishers
from holdfast.trust.revocations import NO_REVOCATIONS
from holdfast.trust.verify_module import VerifiedModule, check_manifest, verify_module
from holdfast_resolver.values.modules import ModuleManifest, ModuleRelease
from tests.support.signed_modules import (
    NOTHING,
    NOW,
    acme,
    digest_of,
    module,
    publisher_envelope,
    registered,
    registry_of,
    release_of,
    revoked_key,
    revoking,
    signed_release,
    trusted,
    vetting_envelope,
)
from tests.support.signing_keys import public

NAME = "@acme/guards"
REGISTRY = registry_of(acme())


def verified(
    release: ModuleRelease, *project: str, publishers: Publishers | None = REGISTRY, unsigned: bool = False
) -> VerifiedModule:
    return verify_module(
        NAME,
        release,
        publishers=publishers,
        trusted=[trusted(word) for word in project],
        revocations=NOTHING,
        now=NOW,
        allow_unsigned=unsigned,
    )


def test_a_signed_release_gives_its_publisher() -> None:
    """A release that its publisher signed gives that signer with label, role and tier, and the threshold it met."""
    result = verified(signed_release(module()))
    assert [tuple(signer) for signer in result.publishers] == [
        (public("acme").id, "acme", "publisher", "verified", public("acme"))
    ]
    assert (result.vetted, result.threshold, result.trusted, result.publisher) == ((), 1, (), "acme")
    assert result.level == "registry-verified"


def test_what_an_index_says_of_the_publisher_is_not_believed() -> None:
    """The publisher is the one that the offline document names, whatever the release says."""
    release = signed_release(module())._replace(publisher="globex")
    assert verified(release).publisher == "acme"


def test_two_keys_meet_a_threshold_of_two_in_one_envelope_or_in_two() -> None:
    """Distinct raw keys are counted over all envelopes."""
    document = registry_of(acme(registered("acme"), registered("second"), threshold=2))
    both = signed_release(module(), "acme", "second")
    apart = release_of(module(), publisher_envelope(module(), "acme"), publisher_envelope(module(), "second"))
    assert {signer.label for signer in verified(both, publishers=document).publishers} == {"acme", "second"}
    assert verified(apart, publishers=document) == verified(both, publishers=document)
    assert verified(apart, publishers=document).threshold == 2


def test_a_stranger_beside_an_authorised_key_is_not_counted() -> None:
    """A further signature by a key that the registry does not name changes nothing."""
    assert verified(signed_release(module(), "acme", "stranger")) == verified(signed_release(module(), "acme"))


def test_a_key_that_the_project_trusts_makes_the_level_trusted() -> None:
    """The project's own trust in a publisher's key is the highest level; a registry's tier never is."""
    assert verified(signed_release(module()), "acme").level == "trusted"
    assert verified(signed_release(module()), publishers=registry_of(acme(tier="trusted"))).level == "registry-verified"
    assert verified(signed_release(module()), publishers=registry_of(acme(tier="unverified"))).level == (
        "registry-community"
    )


def test_a_privileged_release_needs_the_projects_trust() -> None:
    """A privileged release by a key that the project trusts for its name is admitted."""
    result = verified(signed_release(module(privileged=True)), "acme")
    assert result.trusted == (public("acme").id,)


def test_trust_in_other_names_asks_nothing_of_this_one() -> None:
    """A key that the project trusts for another scope neither claims this name nor counts for it."""
    result = verify_module(
        NAME,
        signed_release(module()),
        publishers=REGISTRY,
        trusted=[trusted("globex", "@globex/*"), trusted("acme", "@acme/base")],
        revocations=NOTHING,
        now=NOW,
    )
    assert result.trusted == ()


def test_an_unsigned_release_of_a_name_that_nobody_claims_is_admitted_on_request() -> None:
    """Without publisher and project trust a release may be unsigned, where the policy allows it."""
    result = verified(release_of(module()), publishers=registry_of(), unsigned=True)
    assert (result.publishers, result.threshold, result.level) == ((), 0, "unsigned")


def test_without_a_registry_one_key_of_the_project_is_enough() -> None:
    """A detached signature is judged by the keys that the project trusts for the name."""
    release = signed_release(module())._replace(published="", publisher="")
    result = verify_module(
        NAME, release, publishers=None, trusted=[trusted("acme")], revocations=NO_REVOCATIONS, now=NOW
    )
    assert [signer.label for signer in result.publishers] == ["acme of the project"]
    assert (result.trusted, result.threshold, result.publisher) == ((public("acme").id,), 1, "")


def test_the_registrys_co_signature_counts_and_binds_a_report() -> None:
    """A co-signature by the registry's key gives a signer of the role vetted, and the report whose hash it states."""
    report = digest_of("a vetting report")
    vetted = (vetting_envelope(module(), report=report),)
    release = release_of(module(), publisher_envelope(module()), vetted=vetted, report=report)
    result = verified(release, publishers=registry_of(acme(tier="unverified")))
    assert [(signer.label, signer.role, signer.tier) for signer in result.vetted] == [("registry", "vetted", "")]
    assert (result.report, result.level) == (report, "registry-verified")


def test_a_report_that_no_co_signature_binds_is_not_in_the_result() -> None:
    """What an index attaches counts only when a known co-signer states its hash."""
    release = release_of(
        module(),
        publisher_envelope(module()),
        vetted=(vetting_envelope(module()), vetting_envelope(module(), "stranger", report=digest_of("made up"))),
        report=digest_of("made up"),
    )
    result = verified(release)
    assert result.report == ""
    assert [signer.label for signer in result.vetted] == ["registry"]


def test_a_co_signer_of_the_project_counts() -> None:
    """A key that the project trusts for the name co-signs as well as the registry's own."""
    vetted = (vetting_envelope(module(), "auditor"),)
    result = verified(release_of(module(), publisher_envelope(module()), vetted=vetted), "acme", "auditor")
    assert [(signer.label, signer.tier) for signer in result.vetted] == [("auditor of the project", "trusted")]


@pytest.mark.parametrize("key", ["acme", "second", "stranger"])
def test_some_co_signatures_do_not_count(key: str) -> None:
    """A publisher's own key, whether it signed the release or not, and a stranger's vet nothing."""
    document = registry_of(acme(registered("acme"), registered("second")))
    release = release_of(module(), publisher_envelope(module()), vetted=(vetting_envelope(module(), key),))
    assert verified(release, "acme", "second", publishers=document).vetted == ()


def test_a_co_signer_for_other_names_does_not_count() -> None:
    """A key that the project trusts for another scope vets nothing here."""
    result = verify_module(
        NAME,
        release_of(module(), publisher_envelope(module()), vetted=(vetting_envelope(module(), "auditor"),)),
        publishers=REGISTRY,
        trusted=[trusted("auditor", "@globex/*")],
        revocations=NOTHING,
        now=NOW,
    )
    assert result.vetted == ()


def test_a_co_signature_of_the_signer_does_not_count_without_a_registry() -> None:
    """With a detached signature too, one raw key cannot both publish and vet."""
    vetted = (vetting_envelope(module(), "acme"), vetting_envelope(module(), "auditor"))
    result = verified(
        release_of(module(), publisher_envelope(module()), vetted=vetted), "acme", "auditor", publishers=None
    )
    assert [signer.label for signer in result.vetted] == ["auditor of the project"]


def test_a_superseded_key_keeps_what_it_published_before() -> None:
    """Superseding voids nothing that was published before it took effect, compromise still to come neither."""
    later = "2026-06-01T12:00:01Z"
    for entry in (revoked_key("acme", "superseded", later), revoked_key("acme", effective="2026-11-21T06:40:01Z")):
        result = verify_module(
            NAME,
            signed_release(module()),
            publishers=REGISTRY,
            trusted=[],
            revocations=revoking(entry),
            now=NOW,
        )
        assert result.threshold == 1


def test_a_second_entry_of_a_trusted_key_extends_it() -> None:
    """Of several entries of one key in a project the one that holds now decides."""
    keys = [trusted("acme", until="2026-11-01T00:00:00Z"), trusted("acme", since="2026-11-01T00:00:00Z")]
    for order in (keys, keys[::-1]):
        for document in (REGISTRY, None):
            result = verify_module(
                NAME, signed_release(module()), publishers=document, trusted=order, revocations=NOTHING, now=NOW
            )
            assert result.trusted == (public("acme").id,)


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("name", module("@acme/guard")),
        ("version", module(version="2.1.1")),
        ("dependencies", module(dependencies=())),
        ("permissions", module(permissions=("network:evil.example",))),
        ("privileged", module(privileged=True)),
    ],
)
def test_a_manifest_in_the_archive_must_say_what_was_verified(what: str, changed: ModuleManifest) -> None:
    """`module.toml` inside of an archive that differs from the verified release is refused, with what differs."""
    release = release_of(module())
    check_manifest(NAME, release, module())
    with pytest.raises(Tampered) as caught:
        check_manifest(NAME, release, changed)
    assert caught.value.what == what
