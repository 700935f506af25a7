{{- define "fed-hier.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* At most 52 characters: a StatefulSet adds a hash of eleven to it in a label. */}}
{{- define "fed-hier.fullname" -}}
{{- $name := include "fed-hier.name" . -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- define "fed-hier.selector" -}}
app.kubernetes.io/name: {{ include "fed-hier.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* part-of is the job of the metrics: alerts and dashboards ask for jobs that begin with fedhier. */}}
{{- define "fed-hier.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "fed-hier.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: fedhier
{{- end }}

{{/* Without the chart's own version: another one alone need not start pods again. */}}
{{- define "fed-hier.podLabels" -}}
{{ include "fed-hier.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/part-of: fedhier
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "fed-hier.image" -}}
{{- $image := printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- ternary (printf "%s@%s" $image .Values.image.digest) $image (ne .Values.image.digest "") }}
{{- end }}

{{- define "fed-hier.serviceAccount" -}}
{{- $made := ternary (include "fed-hier.fullname" .) "default" .Values.serviceAccount.create -}}
{{- default $made .Values.serviceAccount.name }}
{{- end }}

{{/* What follows is "true" or nothing, for `if`. */}}

{{/* Several silos may be one cluster. */}}
{{- define "fed-hier.isShared" -}}
{{- if ne .Values.storage.provider "local" }}true{{ end }}
{{- end }}

{{- define "fed-hier.blobsInAzure" -}}
{{- $default := ternary "azure" "folder" (eq .Values.storage.provider "azure") -}}
{{- if eq (default $default .Values.storage.blobs.provider) "azure" }}true{{ end }}
{{- end }}

{{/* A volume that all silos mount: for blobs as files, and for keys that no Secret holds. */}}
{{- define "fed-hier.needsSharedVolume" -}}
{{- if include "fed-hier.isShared" . }}
{{- if or (not (include "fed-hier.blobsInAzure" .)) (not .Values.storage.keys.existingSecret) }}true{{ end }}
{{- end }}
{{- end }}

{{- define "fed-hier.hasDataClaim" -}}
{{- if or .Values.data.claim.enabled (not (include "fed-hier.isShared" .)) }}true{{ end }}
{{- end }}

{{/* In a pod's own words to Orleans: where others must reach it. Alone it stays on loopback. */}}
{{- define "fed-hier.saysPod" -}}
{{- if or (include "fed-hier.isShared" .) .Values.orleans.clients.enabled }}true{{ end }}
{{- end }}

{{- define "fed-hier.manySilos" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) }}true{{ end }}
{{- end }}

{{/* Of "hh:mm:ss". */}}
{{- define "fed-hier.seconds" -}}
{{- $part := splitList ":" . -}}
{{- add (mul 3600 (atoi (index $part 0))) (mul 60 (atoi (index $part 1))) (atoi (index $part 2)) }}
{{- end }}

{{/* A listening address and port, as the silo reads it. */}}
{{- define "fed-hier.metricsAddress" -}}
{{- $ip := ternary "[::]" .Values.silo.listen (eq .Values.silo.listen "::") -}}
{{- printf "%s:%d" $ip (int .Values.metrics.port) }}
{{- end }}

{{/* "auto" or "always" or "never", of a kind that an operator brings. */}}
{{- define "fed-hier.creates" -}}
{{- $create := index . 0 -}}
{{- $root := index . 1 -}}
{{- $kind := index . 2 -}}
{{- if or (eq $create "always") (and (eq $create "auto") ($root.Capabilities.APIVersions.Has $kind)) }}true{{ end }}
{{- end }}

{{/* What no schema can say, since it is between values. */}}
{{- define "fed-hier.check" -}}
{{- $v := .Values -}}
{{- if and (not (include "fed-hier.isShared" .)) (include "fed-hier.manySilos" .) }}
{{- fail (printf (print
    "storage.provider is local, which serves one silo, and replicas is %d, autoscaling.enabled %t: "
    "set replicas=1 and autoscaling.enabled=false, or storage.provider to azure or redis")
    (int $v.replicas) $v.autoscaling.enabled) }}
{{- end }}
{{- if gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas) }}
{{- fail (printf "autoscaling.minReplicas is %d, above autoscaling.maxReplicas, %d: lower one or raise the other"
    (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) }}
{{- end }}
{{- $stop := include "fed-hier.seconds" $v.silo.timeouts.stop | int -}}
{{- $shutdown := include "fed-hier.seconds" $v.silo.timeouts.shutdown | int -}}
{{- if lt $stop $shutdown }}
{{- fail (printf "silo.timeouts.stop is %s, less than silo.timeouts.shutdown, %s, which is a part of it: raise stop"
    $v.silo.timeouts.stop $v.silo.timeouts.shutdown) }}
{{- end }}
{{- $ports := list 8080 (int $v.orleans.siloPort) (int $v.metrics.port) (int $v.orleans.clients.port) -}}
{{- if ne (len (uniq $ports)) (len $ports) }}
{{- fail (printf (print
    "orleans.siloPort is %d, metrics.port %d, orleans.clients.port %d, and the gateway has 8080: "
    "give each a port of its own")
    (int $v.orleans.siloPort) (int $v.metrics.port) (int $v.orleans.clients.port)) }}
{{- end }}
{{- $names := list -}}
{{- range include "fed-hier.env" . | fromYamlArray }}
{{- if has .name $names }}
{{- fail (printf (print
    "silo.extraEnv has %s, which the chart sets already: "
    "leave it out; README.md lists the value that it follows from") .name) }}
{{- end }}
{{- $names = append $names .name -}}
{{- end }}
{{- if and (not $v.metrics.enabled) (eq $v.monitoring.serviceMonitor.create "always") }}
{{- fail (print
    "monitoring.serviceMonitor.create is always and metrics.enabled false: there is nothing to scrape; "
    "set metrics.enabled=true, or create to never") }}
{{- end }}
{{- end }}
