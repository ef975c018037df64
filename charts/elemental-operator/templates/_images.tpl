{{- define "elemental.registry" -}}
{{ .Values.global.cattle.systemDefaultRegistry | default .Values.registryUrl | trimSuffix "/" }}
{{- end -}}

{{- /* .root, .image with repository and tag */ -}}
{{- define "elemental.image" -}}
{{- $registry := include "elemental.registry" .root -}}
{{- if $registry }}{{ $registry }}/{{ end }}{{ .image.repository }}:{{ .image.tag | default .root.Chart.Version }}
{{- end -}}

{{- /* .root, .image as text. An image that names its registry is left alone. */ -}}
{{- define "elemental.channelImage" -}}
{{- $first := first (splitList "/" .image) -}}
{{- $namesRegistry := and (contains "/" .image) (or (contains "." $first) (contains ":" $first) (eq $first "localhost")) -}}
{{- $registry := include "elemental.registry" .root | default .root.Values.channelRegistry | trimSuffix "/" -}}
{{- if and $registry (not $namesRegistry) }}{{ $registry }}/{{ end }}{{ .image }}
{{- end -}}
