{{/* What the silo is started with. The image's entry point is the program, `fed`. */}}
{{- define "fed-hier.args" -}}
{{- $v := .Values -}}
- silo
- --listen
- {{ $v.silo.listen | quote }}
- --port
- "8080"
- --data-dir
- /data
{{- if include "fed-hier.isShared" . }}
{{- if not (include "fed-hier.blobsInAzure" .) }}
- --blobs
- /shared/blobs
{{- end }}
- --keys
- {{ ternary "/etc/fedhier/keys" "/shared/keys" (ne $v.storage.keys.existingSecret "") }}
{{- else if $v.storage.keys.existingSecret }}
- --keys
- /etc/fedhier/keys
{{- end }}
- --fold-workers
- {{ $v.silo.foldWorkers | quote }}
{{- if gt (int $v.silo.keepVersions) 0 }}
- --keep-versions
- {{ int $v.silo.keepVersions | quote }}
{{- end }}
{{- if $v.silo.dashboard }}
- --dashboard
{{- end }}
{{- range $name := keys $v.federations | sortAlpha }}
- --federation
- /etc/fedhier/federations/{{ $name }}.json
{{- end }}
{{- end }}

{{- define "fed-hier.secretEnv" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 | quote }}
      key: {{ index . 2 | quote }}
{{- end }}

{{- define "fed-hier.env" -}}
{{- $v := .Values -}}
{{- $azure := $v.storage.azure -}}
{{- $redis := $v.storage.redis -}}
{{- if include "fed-hier.saysPod" . -}}
- name: POD_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
- name: POD_NAMESPACE
  valueFrom:
    fieldRef: {fieldPath: metadata.namespace}
- name: POD_IP
  valueFrom:
    fieldRef: {fieldPath: status.podIP}
- name: ORLEANS_SERVICE_ID
  valueFrom:
    fieldRef: {fieldPath: "metadata.labels['orleans/serviceId']"}
- name: ORLEANS_CLUSTER_ID
  valueFrom:
    fieldRef: {fieldPath: "metadata.labels['orleans/clusterId']"}
{{ else -}}
- name: FED_Orleans__ServiceId
  value: {{ $v.orleans.serviceId | quote }}
- name: FED_Orleans__ClusterId
  value: {{ $v.orleans.clusterId | quote }}
{{ end -}}
{{- if include "fed-hier.isShared" . -}}
- name: FED_Orleans__Endpoints__SiloPort
  value: {{ $v.orleans.siloPort | quote }}
- name: FED_Providers__Clustering
  value: {{ $v.storage.provider }}
- name: FED_Providers__State
  value: {{ $v.storage.provider }}
- name: FED_Providers__Reminders
  value: {{ $v.storage.provider }}
{{ if eq $v.storage.provider "azure" -}}
{{ include "fed-hier.secretEnv" (list "FED_Providers__Azure__ConnectionString" $azure.existingSecret $azure.key) }}
{{ else -}}
{{ include "fed-hier.secretEnv" (list "FED_Providers__Redis__ConnectionString" $redis.existingSecret $redis.key) }}
{{ end -}}
{{- end -}}
{{- if include "fed-hier.blobsInAzure" . -}}
{{ include "fed-hier.secretEnv" (list "FED_BLOBS" $azure.existingSecret $azure.key) }}
- name: FED_BLOBS_CONTAINER
  value: {{ $v.storage.blobs.container | quote }}
{{ end -}}
{{- if $v.orleans.clients.enabled -}}
- name: FED_Orleans__Endpoints__GatewayPort
  value: {{ $v.orleans.clients.port | quote }}
{{ end -}}
{{- if $v.orleans.tls.existingSecret -}}
- name: FED_Orleans__Tls__Certificate
  value: /etc/fedhier/tls/{{ $v.orleans.tls.certificate }}
- name: FED_Orleans__Tls__Key
  value: /etc/fedhier/tls/{{ $v.orleans.tls.privateKey }}
- name: FED_Orleans__Tls__Authority
  value: /etc/fedhier/tls/{{ $v.orleans.tls.authority }}
{{ end -}}
{{- range $name := keys $v.silo.timeouts | sortAlpha -}}
- name: FED_Timeouts__{{ title $name }}
  value: {{ index $v.silo.timeouts $name | quote }}
{{ end -}}
{{- range $name := keys $v.silo.throttling | sortAlpha -}}
- name: FED_Throttling__{{ title $name }}
  value: {{ index $v.silo.throttling $name | int | quote }}
{{ end -}}
{{- range $name := keys $v.silo.logLevel | sortAlpha -}}
- name: FED_Logging__LogLevel__{{ $name }}
  value: {{ index $v.silo.logLevel $name }}
{{ end -}}
{{- if $v.metrics.enabled -}}
- name: FED_Telemetry__Listen
  value: {{ include "fed-hier.metricsAddress" . | quote }}
- name: FED_Telemetry__Participants
  value: {{ $v.metrics.participants | quote }}
{{ end -}}
{{- if $v.metrics.otlpEndpoint -}}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ $v.metrics.otlpEndpoint | quote }}
{{ end -}}
{{- range $name := keys $v.silo.runtime | sortAlpha -}}
- name: {{ $name }}
  value: {{ index $v.silo.runtime $name | quote }}
{{ end -}}
{{- with $v.silo.extraEnv -}}
{{ toYaml . }}
{{ end -}}
{{- end }}

{{- define "fed-hier.mounts" -}}
{{- $v := .Values -}}
- {name: data, mountPath: /data}
- {name: tmp, mountPath: /tmp}
{{- if include "fed-hier.needsSharedVolume" . }}
- {name: shared, mountPath: /shared}
{{- end }}
{{- if $v.storage.keys.existingSecret }}
- {name: keys, mountPath: /etc/fedhier/keys, readOnly: true}
{{- end }}
{{- if $v.federations }}
- {name: federations, mountPath: /etc/fedhier/federations, readOnly: true}
{{- end }}
{{- if $v.orleans.tls.existingSecret }}
- {name: tls, mountPath: /etc/fedhier/tls, readOnly: true}
{{- end }}
{{- end }}

{{- define "fed-hier.volumes" -}}
{{- $v := .Values -}}
{{- $full := include "fed-hier.fullname" . -}}
- name: tmp
  emptyDir: {sizeLimit: {{ $v.data.tmpLimit }}}
{{- if not (include "fed-hier.hasDataClaim" .) }}
# The state is elsewhere: this holds copies of blobs, and uploads in progress.
- name: data
  emptyDir: {sizeLimit: {{ $v.data.emptyDirLimit }}}
{{- end }}
{{- if include "fed-hier.needsSharedVolume" . }}
- name: shared
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-shared" $full) $v.storage.shared.existingClaim | quote }}
{{- end }}
{{- with $v.storage.keys.existingSecret }}
- name: keys
  secret: {secretName: {{ quote . }}, defaultMode: 0440}
{{- end }}
{{- if $v.federations }}
- name: federations
  configMap: {name: {{ $full }}-federations}
{{- end }}
{{- with $v.orleans.tls.existingSecret }}
- name: tls
  secret: {secretName: {{ quote . }}, defaultMode: 0440}
{{- end }}
{{- end }}

{{- define "fed-hier.spread" -}}
{{- $root := . -}}
{{- $keys := dict "hosts" "kubernetes.io/hostname" "zones" "topology.kubernetes.io/zone" -}}
{{- $on := list -}}
{{- range $what := list "hosts" "zones" }}
{{- if ne (index $root.Values.topologySpread $what) "off" }}{{ $on = append $on $what }}{{ end }}
{{- end }}
{{- with $on -}}
topologySpreadConstraints:
  {{- range . }}
  - maxSkew: 1
    topologyKey: {{ index $keys . }}
    whenUnsatisfiable: {{ index $root.Values.topologySpread . }}
    labelSelector:
      matchLabels: {{- include "fed-hier.selector" $root | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}
