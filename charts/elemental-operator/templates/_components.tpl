{{- /*
The services, as YAML: for each its key in the values, the environment that the chart decides, volumes from Secrets and
ConfigMaps, ports beside the one of health and metrics, and the queues whose depth it scales on.
*/ -}}
{{- define "elemental.components" -}}
registration-api:
  values: registrationApi
  # Time for load balancers to notice before the door closes.
  drainSeconds: 5
  ports:
    - { name: {{ ternary "https" "http" (not (empty .Values.tls.secretName)) }}, containerPort: 8080 }
  env:
    LISTEN_ADDRESS: 0.0.0.0:8080
    SERVER_URL: {{ .Values.server.url | quote }}
    TLS_MODE: {{ .Values.server.tlsMode }}
    AGENT_GATEWAY_URL: {{ printf "%s://%s-agent-gateway.%s.svc:8082" (ternary "https" "http" (not (empty .Values.agentGateway.tlsSecretName))) (include "elemental.fullname" .) .Release.Namespace }}
    AGENT_GATEWAY_TOKEN_FILE: /etc/elemental/gateway/token
    {{- if .Values.agentGateway.tlsSecretName }}
    AGENT_GATEWAY_CA_FILE: /etc/elemental/gateway-tls/ca.crt
    {{- end }}
    {{- if .Values.server.caCert }}
    CA_FILE: /etc/elemental/server/ca.crt
    {{- end }}
    {{- if .Values.tls.secretName }}
    TLS_CERT_FILE: /etc/elemental/tls/tls.crt
    TLS_KEY_FILE: /etc/elemental/tls/tls.key
    {{- end }}
    {{- if include "elemental.tunnel" . }}
    TUNNEL_SECRET_DIRECTORY: /etc/elemental/tunnel
    HTTP_PROXY: {{ .Values.proxy | quote }}
    HTTPS_PROXY: {{ .Values.proxy | quote }}
    NO_PROXY: {{ .Values.noProxy | quote }}
    {{- end }}
  volumes:
    - { name: gateway, secret: { secretName: {{ include "elemental.gatewaySecretName" . }}, items: [{ key: token, path: token }] } }
    {{- if .Values.agentGateway.tlsSecretName }}
    - { name: gateway-tls, secret: { secretName: {{ .Values.agentGateway.tlsSecretName }}, items: [{ key: ca.crt, path: ca.crt }] } }
    {{- end }}
    {{- if .Values.server.caCert }}
    - { name: server, configMap: { name: {{ include "elemental.fullname" . }}-server } }
    {{- end }}
    {{- if .Values.tls.secretName }}
    - { name: tls, secret: { secretName: {{ .Values.tls.secretName }} } }
    {{- end }}
    {{- if include "elemental.tunnel" . }}
    # Rancher writes it once it knows the APIService.
    - { name: tunnel, secret: { secretName: elemental-operator, optional: true } }
    {{- end }}
inventory-controller:
  values: inventoryController
  queues: [machine-registration, machine-inventory]
  ports:
    - { name: gateway, containerPort: 8082 }
  env:
    SERVER_URL: {{ .Values.server.url | quote }}
    GATEWAY_ADDRESS: 0.0.0.0:8082
    GATEWAY_TOKEN_FILE: /etc/elemental/gateway/token
    {{- if .Values.agentGateway.tlsSecretName }}
    GATEWAY_TLS_CERT_FILE: /etc/elemental/gateway-tls/tls.crt
    GATEWAY_TLS_KEY_FILE: /etc/elemental/gateway-tls/tls.key
    {{- end }}
  volumes:
    - { name: gateway, secret: { secretName: {{ include "elemental.gatewaySecretName" . }}, items: [{ key: token, path: token }] } }
    {{- if .Values.agentGateway.tlsSecretName }}
    - { name: gateway-tls, secret: { secretName: {{ .Values.agentGateway.tlsSecretName }} } }
    {{- end }}
selector-controller:
  values: selectorController
  queues: [machine-inventory-selector]
osversion-syncer:
  values: osversionSyncer
  queues: [managed-os-version-channel, managed-os-version, managed-os-image]
  env:
    OPERATOR_IMAGE: {{ include "elemental.image" (dict "root" . "image" .Values.image) }}
    OPERATOR_IMAGE_PULL_POLICY: {{ .Values.image.imagePullPolicy }}
    DEFAULT_REGISTRY: {{ include "elemental.registry" . | quote }}
    HTTP_PROXY: {{ .Values.proxy | quote }}
    HTTPS_PROXY: {{ .Values.proxy | quote }}
    NO_PROXY: {{ .Values.noProxy | quote }}
seedimage-builder:
  values: seedimageBuilder
  queues: [seed-image]
  env:
    SEEDIMAGE_IMAGE: {{ include "elemental.image" (dict "root" . "image" .Values.seedImage) }}
    SEEDIMAGE_IMAGE_PULL_POLICY: {{ .Values.seedImage.imagePullPolicy }}
    BASE_CACHE_DIRECTORY: {{ .Values.seedImage.cacheDirectory | quote }}
    ALLOW_LOCAL_BASE: {{ .Values.seedImage.allowLocalBase | quote }}
    SERVER_URL: {{ .Values.server.url | quote }}
    CA_CERT: {{ .Values.server.caCert | quote }}
{{- end -}}
