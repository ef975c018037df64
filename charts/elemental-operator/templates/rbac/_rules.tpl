{{- /* Rules that more than one service has. */ -}}
{{- define "elemental.rules.events" -}}
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{- define "elemental.rules.settings" -}}
- apiGroups: [management.cattle.io]
  resources: [settings]
  verbs: [get, list, watch]
{{- end -}}
