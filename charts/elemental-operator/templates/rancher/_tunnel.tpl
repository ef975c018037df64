{{- /* Not empty where Rancher leads machines to the door through its tunnel. */ -}}
{{- define "elemental.tunnel" -}}
{{- if and .Values.rancher.apiService (.Capabilities.APIVersions.Has "management.cattle.io/v3/APIService") }}true{{ end -}}
{{- end -}}
