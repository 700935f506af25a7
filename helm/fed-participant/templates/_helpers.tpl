{{- define "fed-participant.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* At most 50 characters: the Job adds a hash of eight. */}}
{{- define "fed-participant.fullname" -}}
{{- $name := include "fed-participant.name" . -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "fed-participant.selector" -}}
app.kubernetes.io/name: {{ include "fed-participant.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "fed-participant.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "fed-participant.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: fedhier
{{- end }}

{{/* Without the chart's own version: another one alone need not start pods again. */}}
{{- define "fed-participant.podLabels" -}}
{{ include "fed-participant.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/part-of: fedhier
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "fed-participant.image" -}}
{{- $image := printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- ternary (printf "%s@%s" $image .Values.image.digest) $image (ne .Values.image.digest "") }}
{{- end }}

{{/* Without these there is nothing to run; a schema could only say that they are too short. */}}
{{- define "fed-participant.check" -}}
{{- $v := .Values -}}
{{- if not $v.participant }}
{{- fail "participant is empty: give the name that the roster has, participant=NAME" }}
{{- end }}
{{- if not $v.federations }}
{{- fail "federations is empty: give at least one, federations[0].name=NAME and federations[0].cluster=CLUSTER" }}
{{- end }}
{{- if not $v.data.existingClaim }}
{{- fail "data.existingClaim is empty: give the claim of the volume with train.fqc and validation.fqc" }}
{{- end }}
{{- if eq (empty $v.servers) (empty $v.orleans.gateways) }}
{{- fail (printf (print
    "servers has %d addresses and orleans.gateways %d: give one of the two, servers=[https://...] "
    "for a silo's HTTP, or orleans.gateways=[host:port] inside the silos' own network")
    (len $v.servers) (len $v.orleans.gateways)) }}
{{- end }}
{{- if and $v.servers $v.orleans.tls.existingSecret }}
{{- fail "orleans.tls.existingSecret is for orleans.gateways, and servers are given: leave it out" }}
{{- end }}
{{- end }}

{{- define "fed-participant.args" -}}
{{- $v := .Values -}}
- join
{{- if $v.servers }}
- --server
- {{ join "," $v.servers | quote }}
{{- else }}
- --orleans
- {{ join "," $v.orleans.gateways | quote }}
- --orleans-service
- {{ $v.orleans.serviceId | quote }}
- --orleans-cluster
- {{ $v.orleans.clusterId | quote }}
{{- if $v.orleans.tls.existingSecret }}
- --orleans-cert
- /etc/fedhier/tls/{{ $v.orleans.tls.certificate }}
- --orleans-key
- /etc/fedhier/tls/{{ $v.orleans.tls.privateKey }}
- --orleans-ca
- /etc/fedhier/tls/{{ $v.orleans.tls.authority }}
{{- end }}
{{- end }}
- --participant
- {{ $v.participant | quote }}
{{- range $v.federations }}
- --federation
- {{ .name | quote }}
- --cluster
- {{ .cluster | quote }}
{{- end }}
- --data
- /data
- --state
- /state
- --trainer
- {{ $v.trainer }}
- --patience
- {{ $v.patience | quote }}
{{- if $v.shareLabels }}
- --share-labels
{{- end }}
{{- if $v.shareFeatures }}
- --share-features
{{- end }}
- --json
{{- end }}

{{- define "fed-participant.pod" -}}
{{- $v := .Values -}}
metadata:
  labels: {{- include "fed-participant.podLabels" . | nindent 4 }}
  {{- with $v.podAnnotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  # The Job starts another pod, and counts: a container that is started again would hide its exit code.
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  # The agent ends a request in flight, which takes it 40 s at most.
  terminationGracePeriodSeconds: 45
  securityContext:
    runAsNonRoot: true
    runAsUser: {{ $v.security.user }}
    runAsGroup: {{ $v.security.group }}
    fsGroup: {{ $v.security.group }}
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  {{- with $v.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ quote . }}
    {{- end }}
  {{- end }}
  containers:
    - name: participant
      image: {{ include "fed-participant.image" . | quote }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      args: {{- include "fed-participant.args" . | nindent 8 }}
      {{- with $v.extraEnv }}
      env: {{- toYaml . | nindent 8 }}
      {{- end }}
      resources: {{- toYaml $v.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        runAsNonRoot: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - {name: data, mountPath: /data, readOnly: true{{ with $v.data.subPath }}, subPath: {{ . | quote }}{{ end }}}
        - {name: state, mountPath: /state}
        - {name: tmp, mountPath: /tmp}
        {{- if $v.orleans.tls.existingSecret }}
        - {name: tls, mountPath: /etc/fedhier/tls, readOnly: true}
        {{- end }}
  volumes:
    - name: data
      persistentVolumeClaim: {claimName: {{ quote $v.data.existingClaim }}, readOnly: true}
    - name: state
      persistentVolumeClaim:
        {{- $made := printf "%s-state" (include "fed-participant.fullname" .) }}
        claimName: {{ default $made $v.state.existingClaim | quote }}
    - name: tmp
      emptyDir: {sizeLimit: 1Gi}
    {{- with $v.orleans.tls.existingSecret }}
    - name: tls
      secret: {secretName: {{ quote . }}, defaultMode: 0440}
    {{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ quote . }}
  {{- end }}
{{- end }}
