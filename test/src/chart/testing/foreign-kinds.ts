/** Kinds of other systems that the chart has objects of, as definitions that take any content. */
const kinds: [group: string, version: string, kind: string, plural: string, scope?: "Cluster"][] = [
  ["keda.sh", "v1alpha1", "ScaledObject", "scaledobjects"],
  ["monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"],
  ["gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"],
  ["security.istio.io", "v1", "PeerAuthentication", "peerauthentications"],
  ["security.istio.io", "v1", "AuthorizationPolicy", "authorizationpolicies"],
  ["policy.linkerd.io", "v1beta3", "Server", "servers"],
  ["policy.linkerd.io", "v1alpha1", "AuthorizationPolicy", "authorizationpolicies"],
  ["policy.linkerd.io", "v1alpha1", "MeshTLSAuthentication", "meshtlsauthentications"],
  ["management.cattle.io", "v3", "APIService", "apiservices", "Cluster"],
  ["management.cattle.io", "v3", "GlobalRole", "globalroles", "Cluster"],
];

export const foreignDefinitions = kinds.map(([group, version, kind, plural, scope = "Namespaced"]) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}`, annotations: { "api-approved.kubernetes.io": "unapproved, for tests" } },
  spec: {
    group,
    scope,
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
}));
