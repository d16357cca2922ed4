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

{{- define "ito.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
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
