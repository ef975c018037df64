{{- /* Prefix of every name; short enough for the longest suffix within a DNS label. */ -}}
{{- define "elemental.fullname" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "elemental.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "elemental.commonLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: elemental
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "elemental.labels" -}}
{{ include "elemental.commonLabels" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "elemental.serviceAccountName" -}}
{{ include "elemental.fullname" .root }}-{{ .component }}
{{- end -}}

{{- define "elemental.gatewaySecretName" -}}
{{ .Values.agentGateway.existingSecret | default (printf "%s-agent-gateway" (include "elemental.fullname" .)) }}
{{- end -}}

{{- /* Whether the chart brings its own Valkey: "true" or empty. */ -}}
{{- define "elemental.builtinRedis" -}}
{{- if not (or .Values.redis.external.url .Values.redis.external.existingSecret) }}true{{ end -}}
{{- end -}}

{{- define "elemental.redisSecretName" -}}
{{- if .Values.redis.external.existingSecret -}}
{{ .Values.redis.external.existingSecret }}
{{- else if and (include "elemental.builtinRedis" .) .Values.redis.builtin.existingSecret -}}
{{ .Values.redis.builtin.existingSecret }}
{{- else -}}
{{ include "elemental.fullname" . }}-redis
{{- end -}}
{{- end -}}
