"""Well-known names: labels, annotations, taints, types of Secrets. No other module spells them out.

https://kubernetes.io/docs/reference/labels-annotations-taints/
"""

from __future__ import annotations

# Nodes: labels, and the taints of the same names.
HOSTNAME = "kubernetes.io/hostname"
NODE_OS = "kubernetes.io/os"
NODE_ARCH = "kubernetes.io/arch"
BETA_OS = "beta.kubernetes.io/os"
BETA_ARCH = "beta.kubernetes.io/arch"
INSTANCE_TYPE = "node.kubernetes.io/instance-type"
BETA_INSTANCE_TYPE = "beta.kubernetes.io/instance-type"
ZONE = "topology.kubernetes.io/zone"
REGION = "topology.kubernetes.io/region"
NODE_ROLE_PREFIX = "node-role.kubernetes.io/"
NODE_ROLE = "kubernetes.io/role"
NODE_ROLE_CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
MEMORY_PRESSURE = "node.kubernetes.io/memory-pressure"
DISK_PRESSURE = "node.kubernetes.io/disk-pressure"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
NETWORK_UNAVAILABLE = "node.kubernetes.io/network-unavailable"
NODE_TTL = "node.alpha.kubernetes.io/ttl"
CONTROLLER_MANAGED_ATTACH = "volumes.kubernetes.io/controller-managed-attach-detach"
KUBELET_LABEL_PREFIXES = ("kubernetes.io/", "beta.kubernetes.io/", "node.kubernetes.io/")
"""Prefixes of the labels that a kubelet gives its own Node."""

# Namespaces and pods.
NAMESPACE_NAME = "kubernetes.io/metadata.name"
MIRROR_POD = "kubernetes.io/config.mirror"
POD_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
LIMIT_RANGER = "kubernetes.io/limit-ranger"
DESCRIPTION = "kubernetes.io/description"
CREATED_BY = "app.kubernetes.io/created-by"
MANAGED_BY = "app.kubernetes.io/managed-by"

# What kubectl writes and reads.
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
CHANGE_CAUSE = "kubernetes.io/change-cause"
CRONJOB_INSTANTIATE = "cronjob.kubernetes.io/instantiate"

# Deployments, StatefulSets, DaemonSets.
POD_TEMPLATE_HASH = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS = "deployment.kubernetes.io/max-replicas"
CONTROLLER_REVISION_HASH = "controller-revision-hash"
CONTROLLER_HASH = "controller.kubernetes.io/hash"
STATEFULSET_POD_NAME = "statefulset.kubernetes.io/pod-name"
POD_INDEX = "apps.kubernetes.io/pod-index"

# Jobs and CronJobs.
JOB_CONTROLLER_UID = "batch.kubernetes.io/controller-uid"
JOB_NAME = "batch.kubernetes.io/job-name"
LEGACY_CONTROLLER_UID = "controller-uid"
LEGACY_JOB_NAME = "job-name"
JOB_TRACKING = "batch.kubernetes.io/job-tracking"
JOB_COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index"
JOB_INDEX_FAILURE_COUNT = "batch.kubernetes.io/job-index-failure-count"
JOB_INDEX_IGNORED_FAILURE_COUNT = "batch.kubernetes.io/job-index-ignored-failure-count"
CRONJOB_SCHEDULED_TIMESTAMP = "batch.kubernetes.io/cronjob-scheduled-timestamp"
MANAGED_BY_JOB_CONTROLLER = "kubernetes.io/job-controller"

# Services and endpoints.
SERVICE_NAME = "kubernetes.io/service-name"
HEADLESS = "service.kubernetes.io/headless"
TOPOLOGY_MODE = "service.kubernetes.io/topology-mode"
TOPOLOGY_AWARE_HINTS = "service.kubernetes.io/topology-aware-hints"
ENDPOINTSLICE_MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
ENDPOINTS_MANAGED_BY = "endpoints.kubernetes.io/managed-by"
ENDPOINTS_OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"
LAST_CHANGE_TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time"
INGRESS_CLASS = "kubernetes.io/ingress.class"
DEFAULT_INGRESS_CLASS = "ingressclass.kubernetes.io/is-default-class"

# Storage.
DEFAULT_STORAGE_CLASS = "storageclass.kubernetes.io/is-default-class"
BETA_STORAGE_CLASS = "volume.beta.kubernetes.io/storage-class"
BETA_MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"
PVC_PROTECTION = "kubernetes.io/pvc-protection"
PV_PROTECTION = "kubernetes.io/pv-protection"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
NO_PROVISIONER = "kubernetes.io/no-provisioner"

# helm and Argo CD.
HELM_HOOK = "helm.sh/hook"
HELM_RESOURCE_POLICY = "helm.sh/resource-policy"
ARGO_HOOK = "argocd.argoproj.io/hook"
ARGO_WAVE = "argocd.argoproj.io/sync-wave"
DELIVERED = frozenset({HELM_HOOK, ARGO_HOOK, ARGO_WAVE})
"""Annotations of objects that helm or Argo CD deliver in an order of their own."""
INSTANCE = "app.kubernetes.io/instance"

# Secrets.
SERVICE_ACCOUNT_NAME = "kubernetes.io/service-account.name"
SECRET_SERVICE_ACCOUNT_TOKEN = "kubernetes.io/service-account-token"
SECRET_TLS = "kubernetes.io/tls"
SECRET_SSH_AUTH = "kubernetes.io/ssh-auth"
SECRET_BASIC_AUTH = "kubernetes.io/basic-auth"
SECRET_DOCKER_CONFIG_JSON = "kubernetes.io/dockerconfigjson"
SECRET_DOCKER_CFG = "kubernetes.io/dockercfg"
ENFORCE_MOUNTABLE_SECRETS = "kubernetes.io/enforce-mountable-secrets"

# Deprecated: the API server warns of them and does nothing else.
SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_CONTAINER_PREFIX = "container.seccomp.security.alpha.kubernetes.io/"
APPARMOR_CONTAINER_PREFIX = "container.apparmor.security.beta.kubernetes.io/"
BETA_REGION = "failure-domain.beta.kubernetes.io/region"
BETA_ZONE = "failure-domain.beta.kubernetes.io/zone"
PREFER_AVOID_PODS = "scheduler.alpha.kubernetes.io/preferAvoidPods"
NODE_ROLE_MASTER = "node-role.kubernetes.io/master"
CRITICAL_POD = "scheduler.alpha.kubernetes.io/critical-pod"
SYSCTLS = "security.alpha.kubernetes.io/sysctls"
UNSAFE_SYSCTLS = "security.alpha.kubernetes.io/unsafe-sysctls"

# minikube.
MINIKUBE_NAME = "minikube.k8s.io/name"
MINIKUBE_PRIMARY = "minikube.k8s.io/primary"
MINIKUBE_PROVISIONER = "k8s.io/minikube-hostpath"

# Watches.
INITIAL_EVENTS_END = "k8s.io/initial-events-end"
"""On the bookmark behind the state with which a watch began."""
CREDENTIAL_ID = "authentication.kubernetes.io/credential-id"
"""In the extra data of a user: the token by which it was recognised."""
