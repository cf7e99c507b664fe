"""Resources of the API server by the words of a command line, those included whose objects podsim does not store."""

from __future__ import annotations

from simulator.journal.reads import Reads
from simulator.objects.kinds import Kind, Unstructured, kind_for_word

_CLUSTER, _NAMESPACED = False, True
OTHERS: tuple[Kind, ...] = (
    Kind("Binding", "v1", "bindings"),
    Kind("ComponentStatus", "v1", "componentstatuses", ("cs",), _CLUSTER),
    Kind("IPAddress", "networking.k8s.io/v1", "ipaddresses", ("ip",), _CLUSTER),
    Kind("ServiceCIDR", "networking.k8s.io/v1", "servicecidrs", (), _CLUSTER),
    Kind("CSINode", "storage.k8s.io/v1", "csinodes", (), _CLUSTER),
    Kind("CSIStorageCapacity", "storage.k8s.io/v1", "csistoragecapacities"),
    Kind("VolumeAttributesClass", "storage.k8s.io/v1", "volumeattributesclasses", ("vac",), _CLUSTER),
    Kind("SelfSubjectReview", "authentication.k8s.io/v1", "selfsubjectreviews", (), _CLUSTER),
    Kind("TokenReview", "authentication.k8s.io/v1", "tokenreviews", (), _CLUSTER),
    Kind("LocalSubjectAccessReview", "authorization.k8s.io/v1", "localsubjectaccessreviews"),
    Kind("SelfSubjectAccessReview", "authorization.k8s.io/v1", "selfsubjectaccessreviews", (), _CLUSTER),
    Kind("SelfSubjectRulesReview", "authorization.k8s.io/v1", "selfsubjectrulesreviews", (), _CLUSTER),
    Kind("SubjectAccessReview", "authorization.k8s.io/v1", "subjectaccessreviews", (), _CLUSTER),
    Kind("ValidatingAdmissionPolicy", "admissionregistration.k8s.io/v1", "validatingadmissionpolicies", (), _CLUSTER),
    Kind("ValidatingAdmissionPolicyBinding", "admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings", (), _CLUSTER),
    Kind("CertificateSigningRequest", "certificates.k8s.io/v1", "certificatesigningrequests", ("csr",), _CLUSTER),
    Kind("FlowSchema", "flowcontrol.apiserver.k8s.io/v1", "flowschemas", (), _CLUSTER),
    Kind("PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1", "prioritylevelconfigurations", (), _CLUSTER),
    Kind("DeviceClass", "resource.k8s.io/v1", "deviceclasses", (), _CLUSTER),
    Kind("ResourceClaim", "resource.k8s.io/v1", "resourceclaims"),
    Kind("ResourceClaimTemplate", "resource.k8s.io/v1", "resourceclaimtemplates"),
    Kind("ResourceSlice", "resource.k8s.io/v1", "resourceslices", (), _CLUSTER),
)
"""What the discovery of Kubernetes 1.36 lists besides the kinds that podsim stores."""


def resource_kind(word: str, reads: Reads) -> Kind | None:
    """The kind that a word names: `po`, `jobs.batch`, or a custom resource that is defined; None: there is none."""
    small = word.lower()
    if (known := kind_for_word(small)) is not None:
        return known
    return next((kind for kind in (*OTHERS, *_defined(reads)) if small in _words(kind)), None)


def _words(kind: Kind) -> set[str]:
    version = kind.api_version.rpartition("/")[2]
    names = (kind.singular, kind.plural, *kind.short_names)
    return {f"{name}{suffix}" for name in names for suffix in ("", f".{kind.group}", f".{version}.{kind.group}")}


def _defined(reads: Reads) -> list[Kind]:
    """The kinds of the CustomResourceDefinitions, in the order of their names."""
    items = [item for item in reads.objects("CustomResourceDefinition") if isinstance(item, Unstructured)]
    return [_custom(item) for item in sorted(items, key=lambda item: item.metadata.name)]


def _custom(item: Unstructured) -> Kind:
    spec = item.content.get("spec") or {}
    names = spec.get("names") or {}
    version = next((one.get("name") for one in spec.get("versions") or () if one.get("served", True)), "v1")
    group = f"{spec.get('group', '')}/{version}"
    return Kind(
        str(names.get("kind", "")),
        group,
        str(names.get("plural", "")),
        tuple(names.get("shortNames") or ()),
        spec.get("scope") != "Cluster",
    )
