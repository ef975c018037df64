import type { Values } from "../render.ts";

/** Installations that differ as much as the chart lets them; together they use every value that renders an object. */
export const valueSets: Record<string, Values> = {
  defaults: {},
  "the original chart's values": {
    "global.cattle.systemDefaultRegistry": "air.gap:5000",
    "image.repository": "mirror/operator",
    "image.tag": "1.9.2",
    "image.empty": "rancher/pause:3.1",
    "seedImage.tag": "1.9.2",
    replicas: 3,
    proxy: "http://proxy.example:3128",
    debug: true,
    channel: { name: "own", image: "registry.example/own", tag: "1" },
  },
  "a public door": {
    "server.url": "https://elemental.example",
    "server.caCert": "PEM",
    "service.type": "LoadBalancer",
    "service.nodePort": 30_443,
    "service.annotations": { "lb.example/class": "fast" },
    "tls.secretName": "door",
    "sharedCredential.enabled": true,
  },
  "an Ingress and a Gateway": {
    ingress: { enabled: true, className: "nginx", host: "rancher.example", tls: { secretName: "rancher" } },
    gatewayApi: { enabled: true, parentRefs: [{ name: "public" }], hostnames: ["rancher.example"] },
  },
  "TLS without a mesh": { "agentGateway.tlsSecretName": "gateway", "redis.builtin.tlsSecretName": "redis" },
  "a Redis cluster of one's own": {
    "redis.external.url": "rediss+cluster://a.example,b.example",
    "redis.external.caSecret": "redis-ca",
    "redis.external.clientCertSecret": "redis-client",
  },
  "sentinels in a Secret": { "redis.external.existingSecret": "redis-url" },
  "scaling on CPU and queues": { autoscaling: { type: "hpa", queueDepth: true, maxReplicas: 9 } },
  "KEDA and Prometheus": {
    autoscaling: { type: "keda", keda: { prometheusUrl: "http://prometheus.monitoring:9090" } },
    "metrics.serviceMonitor": { enabled: true, labels: { release: "prometheus" } },
    "networkPolicies.metricsFrom": [{ namespaceSelector: { matchLabels: { name: "monitoring" } } }],
  },
  Istio: { mesh: { type: "istio", trustDomain: "td.example" }, podLabels: { team: "edge" } },
  Linkerd: { mesh: { type: "linkerd" }, podAnnotations: { "config.linkerd.io/proxy-cpu-request": "10m" } },
  "high availability": {
    replicas: 3,
    "services.registrationApi": { replicas: 5, env: { MAX_CONVERSATIONS: 500 }, podAnnotations: { a: "b" } },
    priorityClassName: "system-cluster-critical",
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" },
    ],
    affinity: { nodeAffinity: {} },
    "redis.builtin.persistence": { enabled: true, storageClassName: "fast", size: "2Gi" },
    "seedImage.cacheDirectory": "/var/cache/elemental",
    imagePullSecrets: ["registry"],
  },
  "as little as possible": {
    "podDisruptionBudgets.enabled": false,
    "networkPolicies.enabled": false,
    "rancher.globalRole": false,
    topologySpreadConstraints: [],
    defaultChannels: {},
    extraObjects: [
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "extra", namespace: "{{ .Release.Namespace }}" } },
    ],
  },
};
