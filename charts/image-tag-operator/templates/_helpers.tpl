{{- define "ito.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "ito.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "ito.labels" -}}
{{ include "ito.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "ito.serviceAccount" -}}
{{- ternary (default (include "ito.fullname" .) .Values.serviceAccount.name) (default "default" .Values.serviceAccount.name) .Values.serviceAccount.create -}}
{{- end -}}

{{- /* Labels and annotations of an object: those of every object, and of the parameters `labels` and `annotations`. */ -}}
{{- define "ito.metadata" -}}
labels:
  {{- if .labels }}
  {{- merge (include "ito.labels" .root | fromYaml) .labels | toYaml | nindent 2 }}
  {{- else }}
  {{- include "ito.labels" .root | nindent 2 }}
  {{- end }}
{{- with merge (dict) (default dict .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "ito.image" -}}
{{- $missing := printf "image.repository is not set. Say where the operator's image is, such as --set image.repository=REGISTRY/%s." .Chart.Name -}}
{{- $repository := required (print $missing " The project's README says how to build one.") .Values.image.repository -}}
{{- with .Values.global.imageRegistry -}}
{{- /* As in every image's name, a first part with a dot, with a port, or `localhost` is a registry. */ -}}
{{- $repository = printf "%s/%s" . (regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" $repository "") -}}
{{- end -}}
{{- if .Values.image.digest -}}
{{ $repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ $repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- /* What pods may look like under the Pod Security Standard "restricted". */ -}}
{{- define "ito.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "ito.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- /* In the namespaces of ImageTagSets. */ -}}
{{- define "ito.rules" -}}
- apiGroups: [imagetags.io]
  resources: [imagetagsets]
  verbs: [list, watch, patch] # patch: its finalizer
- apiGroups: [imagetags.io]
  resources: [imagetagsets/status]
  verbs: [update]
- apiGroups: [""]
  resources: [secrets]
  verbs: [get] # those that ImageTagSets name, and no list of them
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/* The networks of operator.allowedClouds; none where a host name is among them, because a NetworkPolicy knows no names. */}}
{{- define "ito.cloudNetworks" -}}
{{- $networks := list }}
{{- $names := list }}
{{- range uniq .Values.operator.allowedClouds }}
{{- if contains "/" . }}{{ $networks = append $networks . }}
{{- else if contains ":" . }}{{ $networks = append $networks (printf "%s/128" .) }}
{{- else if regexMatch "^[0-9.]+$" . }}{{ $networks = append $networks (printf "%s/32" .) }}
{{- else }}{{ $names = append $names . }}
{{- end }}
{{- end }}
{{- if $names }}[]{{ else }}{{ toYaml $networks }}{{ end }}
{{- end }}
