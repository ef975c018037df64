{{- /* .root, .own: annotations of a Pod; what a user says wins. */ -}}
{{- define "elemental.podAnnotations" -}}
{{- $mesh := dict -}}
{{- if eq .root.Values.mesh.type "linkerd" -}}
{{- $_ := set $mesh "linkerd.io/inject" "enabled" -}}
{{- /* Redis speaks first to nobody, but its protocol is none that a proxy knows. */ -}}
{{- $_ := set $mesh "config.linkerd.io/opaque-ports" "6379" -}}
{{- end -}}
{{- with mergeOverwrite $mesh (deepCopy .root.Values.podAnnotations) (.own | default dict) -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{- /* Labels of a Pod beside those of the chart. */ -}}
{{- define "elemental.podLabels" -}}
{{- $mesh := dict -}}
{{- if eq .Values.mesh.type "istio" }}{{ $_ := set $mesh "sidecar.istio.io/inject" "true" }}{{ end -}}
{{- with mergeOverwrite $mesh (deepCopy .Values.podLabels) -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{- /* Who may call what inside the mesh: for each protected component its port and its callers. */ -}}
{{- define "elemental.meshCalls" -}}
{{- $all := keys (include "elemental.components" . | fromYaml) | sortAlpha -}}
inventory-controller: { port: 8082, callers: [registration-api] }
{{- if include "elemental.builtinRedis" . }}
redis: { port: 6379, callers: [{{ join ", " $all }}] }
{{- end }}
{{- end -}}
