{{- /* What the services show to Redis and compare its certificate with: a volume, or nothing. */ -}}
{{- define "elemental.redisVolume" -}}
{{- $redis := .Values.redis -}}
{{- $ca := ternary $redis.builtin.tlsSecretName $redis.external.caSecret (not (empty (include "elemental.builtinRedis" .))) -}}
{{- $own := ternary "" $redis.external.clientCertSecret (not (empty (include "elemental.builtinRedis" .))) -}}
{{- if or $ca $own -}}
name: redis
projected:
  sources:
    {{- with $ca }}
    - secret: { name: {{ . }}, items: [{ key: ca.crt, path: ca.crt }] }
    {{- end }}
    {{- with $own }}
    - secret: { name: {{ . }}, items: [{ key: tls.crt, path: tls.crt }, { key: tls.key, path: tls.key }] }
    {{- end }}
{{- end -}}
{{- end -}}

{{- /* The paths of it, as the services know them. */ -}}
{{- define "elemental.redisFiles" -}}
{{- $volume := include "elemental.redisVolume" . -}}
{{- if contains "ca.crt" $volume }}
REDIS_CA_FILE: /etc/elemental/redis/ca.crt
{{- end }}
{{- if contains "tls.crt" $volume }}
REDIS_CERT_FILE: /etc/elemental/redis/tls.crt
REDIS_KEY_FILE: /etc/elemental/redis/tls.key
{{- end }}
{{- end -}}
