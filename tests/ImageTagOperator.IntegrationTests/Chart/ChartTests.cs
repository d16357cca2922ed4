using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Chart;

/// <summary>Renders the chart with the real helm, validates it with the real API server, and tests values that it rejects.</summary>
public sealed class ChartTests
{
    /// <summary>Sets of values that together cover every branch of the templates.</summary>
    public static TheoryData<string> Values => ChartGoldenTests.Values;

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Each_rendering_is_accepted_by_the_API_server_and_restricted(string values)
    {
        await RealServers.DefinedAsync();
        await DefineMonitoringAsync();
        _ = RealServers.Kubeconfig; // skips the test without real servers
        var rendering = await Helm.TemplateAsync("release", "default", "-f", Path.Combine(Helm.Golden, values));
        await Shell.RunAsync("kubectl", ["apply", "--dry-run=server", "-f", "-"], rendering);
        foreach (var pod in KubernetesYaml.LoadAll(rendering).Where(o => (string)o["kind"]! is "Deployment" or "Pod")) Restricted(pod);
    }

    [Theory]
    [InlineData("{replicas: 3}", "  replicas: 3\n")]
    [InlineData("{image: {repository: registry.example.com/x, tag: '9'}}", "image: registry.example.com/x:9\n")]
    [InlineData("{image: {digest: 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}}",
        "image: image-tag-operator@sha256:0123456789abcdef")]
    [InlineData("{global: {imageRegistry: 'mirror.example.com:5000'}}", "image: mirror.example.com:5000/image-tag-operator:0.1.0\n")]
    [InlineData("{global: {imageRegistry: mirror.example.com/cache}, image: {repository: registry.example.com/team/operator, tag: '9'}}",
        "image: mirror.example.com/cache/team/operator:9\n")]
    [InlineData("{image: {pullPolicy: Always}}", "imagePullPolicy: Always\n")]
    [InlineData("{imagePullSecrets: [{name: registry}]}", "imagePullSecrets:\n        - name: registry\n")]
    [InlineData("{commonLabels: {team: platform}}", "    team: platform\n")]
    [InlineData("{commonAnnotations: {owner: platform}}", "  annotations:\n    owner: platform\n")]
    [InlineData(
        "{extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: '{{ .Release.Name }}-more'}}]}", "  name: 'release-more'\n")]
    [InlineData("{watchNamespaces: [a, b]}", "        - --namespace=a\n        - --namespace=b\n")]
    [InlineData("{operator: {logFormat: text}}", "- --log-format=text\n")]
    [InlineData("{operator: {logLevel: Debug}}", "- --log-level=Debug\n")]
    [InlineData("{operator: {cloudConcurrency: 3}}", "- --cloud-concurrency=3\n")]
    [InlineData("{operator: {cloudRate: 1000000}}", "- --cloud-rate=1000000\n")]
    [InlineData("{operator: {fullReadInterval: 7}}", "- --full-read-interval=7\n")]
    [InlineData("{operator: {deletionDeadline: 9}}", "- --deletion-deadline=9\n")]
    [InlineData("{operator: {allowedClouds: ['*.example.com', 10.0.0.0/8]}}",
        "        - \"--allowed-clouds=*.example.com\"\n        - \"--allowed-clouds=10.0.0.0/8\"\n")]
    [InlineData("{operator: {allowedClouds: [10.0.0.0/8, 192.0.2.7, '2001:db8::5']}}",
        "    - to:\n      - ipBlock: {cidr: \"10.0.0.0/8\"}\n      - ipBlock: {cidr: \"192.0.2.7/32\"}\n      - ipBlock: {cidr: "
        + "\"2001:db8::5/128\"}\n")]
    [InlineData(
        "{operator: {allowedClouds: [10.0.0.0/8]}, networkPolicy: {apiServerPorts: [7443]}}", "      - {port: 7443, protocol: TCP}\n")]
    [InlineData("{extraArgs: [--context=x]}", "        - --context=x\n")]
    [InlineData("{extraEnv: [{name: A, value: b}]}", "- name: A\n          value: b\n")]
    [InlineData("{proxy: {http: 'http://p:1'}}", "- name: http_proxy\n          value: \"http://p:1\"\n")]
    [InlineData("{proxy: {https: 'http://p:1'}}",
        "- name: https_proxy\n          value: \"http://p:1\"\n        - name: no_proxy\n          value: "
        + "\"$(KUBERNETES_SERVICE_HOST),localhost,127.0.0.1,.svc,.cluster.local\"\n")]
    [InlineData("{proxy: {https: 'http://p:1', noProxy: keystone.example.com}}", ".cluster.local,keystone.example.com\"\n")]
    [InlineData("{caBundle: {configMap: ca}}", "- name: SSL_CERT_DIR\n          value: /etc/ssl/certs:/etc/image-tag-operator/ca\n")]
    [InlineData("{caBundle: {configMap: ca, key: bundle.pem}}",
        "          name: ca\n          items:\n          - key: bundle.pem\n            path: ca.crt\n")]
    [InlineData("{serviceAccount: {name: mine, annotations: {a: b}}}", "  name: mine\n")]
    [InlineData("{serviceAccount: {annotations: {role: reader}}}", "  annotations:\n    role: reader\n")]
    [InlineData("{crds: {keep: true}}", "helm.sh/resource-policy: keep\n")]
    [InlineData("{resources: {limits: {memory: 1Gi}}}", "memory: 1Gi\n")]
    [InlineData("{podAnnotations: {a: b}}", "        a: b\n")]
    [InlineData("{podLabels: {c: d}}", "        c: d\n")]
    [InlineData("{priorityClassName: high}", "priorityClassName: high\n")]
    [InlineData("{nodeSelector: {disk: ssd}}", "nodeSelector:\n        disk: ssd\n")]
    [InlineData("{tolerations: [{key: infra}]}", "tolerations:\n        - key: infra\n")]
    [InlineData("{affinity: {nodeAffinity: {}}}", "affinity:\n        nodeAffinity: {}\n")]
    [InlineData("{topologySpreadConstraints: [{topologyKey: rack}]}", "topologyKey: rack\n")]
    [InlineData("{networkPolicy: {from: [{podSelector: {}}]}}", "    from:\n      - podSelector: {}\n")]
    [InlineData("{networkPolicy: {egress: [{ports: [{port: 443}]}]}}", "  egress:\n    - ports:\n      - port: 443\n")]
    [InlineData("{metrics: {serviceMonitor: {enabled: true, interval: 7s}}}", "    interval: 7s\n")]
    [InlineData("{metrics: {secure: {enabled: true}}}", "        - --metrics-address=https://0.0.0.0:8443\n")]
    [InlineData("{metrics: {secure: {enabled: true, certSecret: metrics-tls}}}", "          secretName: metrics-tls\n")]
    [InlineData("{metrics: {prometheusRule: {enabled: true}}}", "alert: ImageTagOperatorDown\n")]
    [InlineData("{metrics: {prometheusRule: {enabled: true, runbookBaseUrl: 'https://git.example.com/operations.md'}}}",
        "runbook_url: https://git.example.com/operations.md#imagetagoperatordown\n")]
    [InlineData("{metrics: {dashboard: {enabled: true}}}", "  image-tag-operator.json: |\n    {\n")]
    public async Task A_value_changes_the_rendering(string values, string expected)
    {
        Assert.Contains(expected, await Helm.TemplateAsync("release", "default", "-f", await FileAsync(values)), StringComparison.Ordinal);
        if (!values.Contains("keep", StringComparison.Ordinal)) Assert.DoesNotContain(
            expected, await Helm.TemplateAsync("release", "default"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{crds: {keep: false}}", "helm.sh/resource-policy")]
    [InlineData("{crds: {install: false}}", "kind: CustomResourceDefinition")]
    [InlineData("{rbac: {create: false, userRoles: false}}", "kind: ClusterRole")]
    [InlineData("{rbac: {userRoles: false}}", "name: imagetags-edit")]
    [InlineData("{serviceAccount: {create: false}}", "kind: ServiceAccount\nmetadata:")]
    [InlineData("{podDisruptionBudget: {enabled: false}}", "kind: PodDisruptionBudget")]
    [InlineData("{replicas: 1}", "kind: PodDisruptionBudget")]
    [InlineData("{networkPolicy: {enabled: false}}", "kind: NetworkPolicy")]
    [InlineData("{watchNamespaces: [a], rbac: {userRoles: false}}", "kind: ClusterRole")]
    public async Task Disabled_objects_are_not_rendered_and_enabled_ones_are(string values, string part)
    {
        Assert.DoesNotContain(
            part, await Helm.TemplateAsync("release", "default", "-f", await FileAsync(values)), StringComparison.Ordinal);
        Assert.Contains(part, await Helm.TemplateAsync("release", "default"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{operator: {allowedClouds: [10.0.0.0/8, keystone.example.com]}}")]
    [InlineData("{operator: {allowedClouds: [10.0.0.0/8]}, networkPolicy: {egress: [{ports: [{port: 443}]}]}}")]
    public async Task The_NetworkPolicy_has_no_rule_of_its_own_when_a_name_is_allowed_or_egress_is_set(string values) =>
        Assert.DoesNotContain(
            "ipBlock", await Helm.TemplateAsync("release", "default", "-f", await FileAsync(values)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{replica: 3}", "additional properties 'replica' not allowed")]
    [InlineData("{replicas: many}", "/replicas': got string, want integer")]
    [InlineData("{replicas: -1}", "/replicas': minimum: got -1, want 0")]
    [InlineData("{image: {digest: latest}}", "/image/digest': 'latest' does not match pattern")]
    [InlineData("{image: {repository: 'x y'}}", "/image/repository': 'x y' does not match pattern")]
    [InlineData("{image: {repository: ''}}",
        "image.repository is not set. Say where the operator's image is, such as --set image.repository=REGISTRY/image-tag-operator.")]
    [InlineData("{global: {imageRegistry: 'https://mirror.example.com'}}",
        "/global/imageRegistry': 'https://mirror.example.com' does not match pattern")]
    [InlineData("{extraObjects: [{kind: ConfigMap}]}", "/extraObjects/0': missing properties 'apiVersion', 'metadata'")]
    [InlineData("{metrics: {prometheusRule: {runbookBaseUrl: docs/operations.md}}}",
        "/metrics/prometheusRule/runbookBaseUrl': 'docs/operations.md' does not match pattern")]
    [InlineData(
        "{operator: {logLevel: info}}", "/operator/logLevel': value must be one of 'Trace', 'Debug', 'Information', 'Warning', 'Error'")]
    [InlineData("{operator: {cloudRate: 0}}", "/operator/cloudRate': minimum: got 0, want 1")]
    [InlineData("{operator: {allowedClouds: ['https://keystone.example.com']}}",
        "/operator/allowedClouds/0': 'https://keystone.example.com' does not match pattern")]
    [InlineData("{operator: {allowedClouds: ['*']}}", "/operator/allowedClouds/0': '*' does not match pattern")]
    [InlineData("{watchNamespaces: [Team_A]}", "/watchNamespaces/0': 'Team_A' does not match pattern")]
    [InlineData("{watchNamespaces: team-a}", "/watchNamespaces': got string, want array")]
    [InlineData("{proxy: {https: 'proxy:3128'}}", "/proxy/https': 'proxy:3128' does not match pattern")]
    [InlineData("{crds: {keep: 'no'}}", "/crds/keep': got string, want boolean")]
    [InlineData("{metrics: {serviceMonitor: {interval: soon}}}", "/metrics/serviceMonitor/interval': 'soon' does not match pattern")]
    public async Task Invalid_values_are_rejected_with_their_place_and_the_error(string values, string message)
    {
        var (code, output) = await Shell.TryAsync(
            "helm", ["template", "release", Helm.Chart, "-f", Helm.Image, "-f", await FileAsync(values)]);
        Assert.NotEqual(0, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_prints_no_warnings() =>
        Assert.DoesNotContain("[WARNING]", await Shell.RunAsync("helm", ["lint", "--strict", Helm.Chart]), StringComparison.Ordinal);

    [Fact]
    public async Task Newer_clusters_get_the_newer_PodDisruptionBudget()
    {
        var rendering = await Helm.TemplateAsync(
            "release", "default", "--kube-version", "1.34.0", "--show-only", "templates/poddisruptionbudget.yaml");
        Assert.Contains("apiVersion: policy/v1\n", rendering, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_definition_has_CEL_rules_where_the_server_supports_them_and_they_are_not_disabled()
    {
        Assert.NotNull(await RuleAsync("--kube-version", "1.25.0"));
        Assert.NotNull(await RuleAsync("--kube-version", "1.31.4+k3s1"));
        Assert.Null(await RuleAsync("--kube-version", "1.24.17"));
        Assert.Null(await RuleAsync("--kube-version", "1.34.0", "--set", "crds.cel=false"));

        static async Task<JsonNode?> RuleAsync(params string[] options)
        {
            var definition = (await Helm.ObjectsAsync("release", "default", options))
                .Single(o => (string)o["kind"]! == "CustomResourceDefinition");
            return definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["x-kubernetes-validations"];
        }
    }

    [Fact]
    public async Task Warnings_are_optional_and_match_the_table()
    {
        const string Kind = "kind: ValidatingAdmissionPolicy";
        Assert.DoesNotContain(Kind, await Helm.TemplateAsync("release", "default", "--kube-version", "1.34.0"), StringComparison.Ordinal);
        var rendering = await Helm.ObjectsAsync(
            "release", "default", "--kube-version", "1.34.0", "--set", "admissionWarnings.enabled=true");
        var policy = rendering.Single(o => (string)o["kind"]! == "ValidatingAdmissionPolicy");
        Assert.Equal(
            SpecRule.Warnings.Select(rule => (rule.Expression.Replace("self.", "object.spec.", StringComparison.Ordinal), rule.Message)),
            policy["spec"]!["validations"]!.AsArray().Select(said => ((string)said!["expression"]!, (string)said["message"]!)));
        var binding = rendering.Single(o => (string)o["kind"]! == "ValidatingAdmissionPolicyBinding");
        Assert.Equal((string)policy["metadata"]!["name"]!, (string)binding["spec"]!["policyName"]!);
        Assert.Equal("""["Warn"]""", binding["spec"]!["validationActions"]!.ToJsonString());

        var (code, output) = await Shell.TryAsync("helm",
            ["template", "release", Helm.Chart, "-f", Helm.Image, "--kube-version", "1.29.0", "--set", "admissionWarnings.enabled=true"]);
        Assert.NotEqual(0, code);
        Assert.Contains("admissionWarnings.enabled needs Kubernetes 1.30", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_chart_has_the_version_of_the_program()
    {
        var chart = KubernetesYaml.LoadAll(await File.ReadAllTextAsync(Path.Combine(Helm.Chart, "Chart.yaml")))[0];
        Assert.Equal(Hosting.OperatorHost.Version, (string)chart["appVersion"]!);
        Assert.Equal(Hosting.OperatorHost.Version, (string)chart["version"]!);
    }

    [Fact]
    public async Task Kustomize_installs_what_the_chart_does()
    {
        var kustomized = KubernetesYaml.LoadAll(
            await Shell.RunAsync("kubectl", ["kustomize", Path.Combine(RealServers.Root, "config", "default")]));
        var rendered = (await Helm.ObjectsAsync("image-tag-operator", "image-tag-system", "--kube-version", "1.34.0"))
            .Where(o => o["metadata"]!["annotations"]?["helm.sh/hook"] is null).ToList();
        Assert.Equal(Helm.Permissions(rendered), Helm.Permissions(kustomized));
        Assert.Equal(
            rendered.Select(Describe).Append("Namespace /image-tag-system").Order(),
            kustomized.Select(Describe).Order());
        foreach (var (kind, part) in new[] { ("Deployment", "spec"), ("Service", "spec"), ("NetworkPolicy", "spec"),
            ("CustomResourceDefinition", "spec") })
        {
            Assert.True(JsonNode.DeepEquals(One(rendered, kind)[part], One(kustomized, kind)[part]),
                $"the {part} of the {kind} differs: make kustomize");
        }

        static string Describe(JsonNode o) => $"{o["kind"]} {o["metadata"]!["namespace"]}/{o["metadata"]!["name"]}";
        static JsonNode One(IEnumerable<JsonNode> objects, string kind) => WithoutLabels(objects.Single(o => (string)o["kind"]! == kind));
    }

    /// <summary>The requirements of the Pod Security Standard "restricted", and a read-only root filesystem.</summary>
    private static void Restricted(JsonNode workload)
    {
        var pod = (string)workload["kind"]! == "Pod" ? workload["spec"]! : workload["spec"]!["template"]!["spec"]!;
        Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
        Assert.NotEqual(0, (long)pod["securityContext"]!["runAsUser"]!);
        Assert.Equal("RuntimeDefault", (string)pod["securityContext"]!["seccompProfile"]!["type"]!);
        foreach (var name in new[] { "hostNetwork", "hostPID", "hostIPC", "initContainers" }) Assert.Null(pod[name]);
        foreach (var volume in pod["volumes"]?.AsArray() ?? []) Assert.NotNull(volume!["configMap"] ?? volume["secret"]);
        foreach (var container in pod["containers"]!.AsArray())
        {
            var context = container!["securityContext"]!;
            Assert.False((bool)context["allowPrivilegeEscalation"]!);
            Assert.True((bool)context["readOnlyRootFilesystem"]!);
            Assert.Equal(["ALL"], context["capabilities"]!["drop"]!.AsArray().Select(c => (string)c!));
            Assert.Null(context["capabilities"]!["add"]);
            Assert.Null(context["privileged"]);
        }
    }

    /// <summary>helm.sh/chart and managed-by differ between the two installation methods.</summary>
    private static JsonNode WithoutLabels(JsonNode o)
    {
        var copy = o.DeepClone();
        foreach (
            var labels in new[] { copy["metadata"]?["labels"], copy["spec"]?["template"]?["metadata"]?["labels"] }.OfType<JsonObject>())
        {
            labels.Remove("helm.sh/chart");
            labels.Remove("app.kubernetes.io/managed-by");
        }

        return copy;
    }

    /// <summary>The kinds of the Prometheus operator, which is not installed; their schema accepts everything.</summary>
    private static async Task DefineMonitoringAsync()
    {
        foreach (var (plural, kind) in new[] { ("servicemonitors", "ServiceMonitor"), ("prometheusrules", "PrometheusRule") })
        {
            await Shell.RunAsync("kubectl", ["apply", "-f", "-"], $$$"""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: {{{plural}}}.monitoring.coreos.com}
                spec:
                  group: monitoring.coreos.com
                  names: {kind: {{{kind}}}, plural: {{{plural}}}}
                  scope: Namespaced
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
                """);
            await Shell.RunAsync(
                "kubectl", ["wait", "--for=condition=Established", $"crd/{plural}.monitoring.coreos.com", "--timeout=30s"]);
        }
    }

    private static async Task<string> FileAsync(string values)
    {
        _ = RealServers.Kubeconfig; // skips the test without real servers
        var file = Path.Combine(Directory.CreateTempSubdirectory("values-").FullName, "values.yaml");
        await File.WriteAllTextAsync(file, values);
        return file;
    }
}
