{{- /* .root, .channel with name, enabled, image, deleteNoLongerInSyncVersions */ -}}
{{- define "elemental.channel" -}}
apiVersion: elemental.cattle.io/v1beta1
kind: ManagedOSVersionChannel
metadata:
  name: {{ .channel.name }}
  namespace: {{ .root.Values.channelNamespace }}
  labels:
    {{- include "elemental.commonLabels" .root | nindent 4 }}
spec:
  type: custom
  enabled: {{ .channel.enabled }}
  deleteNoLongerInSyncVersions: {{ .channel.deleteNoLongerInSyncVersions }}
  options:
    image: {{ include "elemental.channelImage" (dict "root" .root "image" .channel.image) }}
{{- end -}}
