{{- define "elemental.doorPort" -}}
{{ .Values.service.port | default (ternary 443 80 (not (empty .Values.tls.secretName))) }}
{{- end -}}
