{{- /* Untrusted networks reach it: of Secrets it may read nothing but the authority of TPMs. */ -}}
{{- define "elemental.rules.registration-api" -}}
- apiGroups: [elemental.cattle.io]
  resources: [machineregistrations, seedimages]
  verbs: [get, list, watch]
- apiGroups: [elemental.cattle.io]
  resources: [machineinventories]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [tpm-ca]
  verbs: [get, list, watch]
{{- if .Values.sharedCredential.enabled }}
# The token of a registration's ServiceAccount is in a Secret, whose name ends in -token: no rule can say that.
- apiGroups: [""]
  resources: [serviceaccounts, secrets]
  verbs: [get]
{{- end }}
{{ include "elemental.rules.settings" . }}
{{- end -}}
