{{- /* .root, .component, .definition: the environment of a service; the user's own settings win. */ -}}
{{- define "elemental.environment" -}}
{{- $values := .root.Values -}}
{{- $user := (index $values.services .definition.values).env | default dict -}}
{{- $common := dict "HEALTH_ADDRESS" "0.0.0.0:8081" "LOG_LEVEL" (ternary "debug" "info" $values.debug) "REDIS_PREFIX" $values.redis.prefix -}}
{{- with include "elemental.redisFiles" .root }}{{ $_ := mergeOverwrite $common (fromYaml .) }}{{ end -}}
- name: NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
- name: REDIS_URL
  valueFrom: { secretKeyRef: { name: {{ include "elemental.redisSecretName" .root }}, key: url } }
{{- range $name, $value := mergeOverwrite $common (.definition.env | default dict) $user }}
{{- if ne (toString $value) "" }}
- name: {{ $name }}
  value: {{ toString $value | quote }}
{{- end }}
{{- end }}
{{- end -}}
