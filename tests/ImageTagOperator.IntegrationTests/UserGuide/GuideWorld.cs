using System.Diagnostics;
using System.Text.RegularExpressions;
using ImageTagOperator.IntegrationTests.Runtime;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>The environment that executes a guide: a folder, a shell, a Kubernetes, a project and a user, and a gate in front of
/// Keystone.</summary>
internal sealed class GuideWorld : IAsyncDisposable
{
    private const string Domain = "acme";

    /// <summary>For pages that show something else.</summary>
    private const string CloudsYamlOfThePages = """
        clouds:
          mycloud:
            region_name: RegionOne
            auth:
              auth_url: https://keystone.example.com:5000/v3
              username: image-tags
              password: first-password
              user_domain_name: acme
              project_name: platform
              project_domain_name: acme
        """;

    private const string SetOfThePages = """
        apiVersion: imagetags.io/v1alpha1
        kind: ImageTagSet
        metadata:
          name: ubuntu-24.04
        spec:
          cloudCredentialsRef:
            secretName: openstack-clouds
            cloudName: mycloud
          image:
            name: ubuntu-24.04
          tags:
          - golden
          - lts
        """;

    private const string LogFile = "operator.log";
    private const string LogOfThePods =
        "kubectl -n image-tag-system logs -l app.kubernetes.io/name=image-tag-operator --tail=-1";

    private const string LeaseOfThePods = """
        {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"image-tag-operator"},"spec":{"holderIdentity":"a-pod"}}
        """;

    /// <summary>The words in capitals of the examples.</summary>
    private static readonly (string InPage, string Real)[] Placeholders =
    [
        ("NAMESPACE", "default"), ("SET", "ubuntu-24.04"), ("NAME", "ubuntu-24.04"), ("MY-CLOUD", "mycloud"), ("CLOUD", "mycloud"),
        ("SECRET", "openstack-clouds"), ("TAG", "golden"), ("CHART", "chart"), ("REGISTRY", "registry.example.com"),
        // It speaks TLS.
        ("HOST:PORT", "$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}' | cut -d/ -f3)"), ("HOST", "localhost"),
    ];

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("user-guide-");
    private readonly PrivateKubernetes kubernetes = new("namespace");
    private readonly Gate keystone;
    private readonly GuideProject project;
    private readonly TimeSpan patience;
    private NormalForm form;
    private OperatorProcess? running;
    private string image = "";

    private GuideWorld(Gate keystone, GuideProject project, TimeSpan patience)
    {
        (this.keystone, this.project, this.patience) = (keystone, project, patience);
        form = new NormalForm(
            ("image-tag-operator crd |", "image-tag-operator crd --no-cel |"), // of an older server than the guide's readers have
            ("https://keystone.example.com:5000", $"http://{keystone.Address.Authority}"),
            ("keystone.example.com:5000", keystone.Address.Authority),
            ("https://glance.example.com:9292", $"http://{project.Glance.Authority}"),
            (Domain, project.Domain));
    }

    private string Kubeconfig => Path.Combine(folder.FullName, "kubeconfig");

    /// <param name="patience">How long to repeat a read-only command until it prints the expected output.</param>
    public static async Task<GuideWorld> CreateAsync(TimeSpan patience)
    {
        var demo = CloudsYaml.Parse(RealServers.CloudsYaml, "demo");
        var project = await GuideProject.CreateAsync($"{Domain}-{Guid.NewGuid():N}"[..12], "platform", "image-tags", "first-password");
        var world = new GuideWorld(new Gate(demo.AuthUrl), project, patience);
        try
        {
            await world.kubernetes.RunAsync("up");
            File.Copy(world.kubernetes.Kubeconfig, world.Kubeconfig);
            foreach (var name in new[] { "config", "charts" })
            {
                Directory.CreateSymbolicLink(Path.Combine(world.folder.FullName, name), Path.Combine(RealServers.Root, name));
            }

            await world.TypeAsync("kubectl config rename-context \"$(kubectl config current-context)\" production");
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Executes a part. Returns the part with the actual output; for a read-only command, the output of the last try.</summary>
    public async Task<GuidePart> RunAsync(GuidePart part)
    {
        switch (part)
        {
            case GuidePart.Manifest manifest:
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, manifest.FileName), form.ToReal(manifest.Content));
                return manifest;
            case GuidePart.Command command:
                return command with { Printed = await PrintedAsync(command) };
            case GuidePart.Example example:
                return example with { Problem = await ProblemAsync(example) };
            case GuidePart.Directive directive:
                await DoAsync(directive.Name);
                return directive;
            default:
                return part;
        }
    }

    /// <summary>The log of the operator since its last start.</summary>
    public string Log => running?.Log ?? "";

    public async ValueTask DisposeAsync()
    {
        await StopOperatorAsync();
        await kubernetes.DisposeAsync();
        await project.DisposeAsync();
        await keystone.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task<string> PrintedAsync(GuidePart.Command command)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var (text, known) = form.ToGuide(await TypeAsync(form.ToReal(command.Typed)));
            if (text == command.Printed || !command.OnlyReads || clock.Elapsed > patience)
            {
                form = known;
                return text;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }
    }

    /// <summary>Repeats an example until it succeeds: it may depend on what the operator does in a moment. Returns what it printed when it
    /// never succeeded.</summary>
    private async Task<string> ProblemAsync(GuidePart.Example example)
    {
        var typed = $"set -o pipefail\n{ToReal(example)}";
        var clock = Stopwatch.StartNew();
        while (true)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, LogFile), Log);
            var (code, output) = await TryAsync(typed);
            // plan: 2 for changes
            if (code == 0 || (code == 2 && typed.Contains("image-tag-operator plan", StringComparison.Ordinal))) return "";
            if (clock.Elapsed > patience) return $"$ {typed}\n{output}exit code {code}";
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }

    /// <summary>The example with the names of this environment. The servers run no pods, so the operator is a process here: its log is a
    /// file, and what is executed in its pod is executed here.</summary>
    private string ToReal(GuidePart.Example example) => Placeholders.Aggregate(
        form.ToReal(example.Typed).Replace(LogOfThePods, $"cat {LogFile}", StringComparison.Ordinal)
            .Replace("kubectl -n image-tag-system exec deploy/image-tag-operator -- /usr/local/bin/", "", StringComparison.Ordinal),
        (typed, name) => Regex.Replace(typed, $@"(?<![\w-]){name.InPage}(?![\w-])", name.Real))
        .Replace("IMAGE-ID", image, StringComparison.Ordinal).Replace("IMAGE", "ubuntu-24.04", StringComparison.Ordinal);

    private async Task<string> TypeAsync(string typed) => (await TryAsync(typed)).Output;

    private async Task<(int Code, string Output)> TryAsync(string typed)
    {
        var environment = new Dictionary<string, string>
        {
            ["KUBECONFIG"] = Kubeconfig,
            ["OS_CLIENT_CONFIG_FILE"] = Path.Combine(folder.FullName, "clouds.yaml"),
            ["OS_CLOUD"] = "mycloud",
            ["PATH"] = $"{Path.GetDirectoryName(OperatorProcess.Executable)}:{Environment.GetEnvironmentVariable("PATH")}",
        };
        return await Shell.TryAsync(
            "bash", ["-c", $"cd '{folder.FullName}' && exec 2>&1\n{typed}"], environment: environment, deadline: Deadline);
    }

    private async Task StopOperatorAsync()
    {
        if (running is not null) await running.DisposeAsync();
        running = null;
    }

    private async Task DoAsync(string directive)
    {
        switch (directive)
        {
            case "start-operator":
                running = await OperatorProcess.StartAsync(
                    OperatorProcess.Executable,
                        ["run", "--kubeconfig", kubernetes.Kubeconfig, "-n", "golden-images", "-n", "team-payments", "-n", "default"]);
                break;
            case "clouds-yaml":
                await RunAsync(new GuidePart.Manifest("clouds.yaml", CloudsYamlOfThePages));
                break;
            case "ubuntu-image":
                image = (await TypeAsync("truncate -s 1M ubuntu.img && openstack image create --disk-format raw --container-format bare "
                    + "--file ubuntu.img --tag nightly ubuntu-24.04 -f value -c id")).Trim();
                break;
            case "ubuntu-set":
                await RunAsync(new GuidePart.Manifest("ubuntu.yaml", SetOfThePages));
                await TypeAsync(form.ToReal("image-tag-operator crd | kubectl apply -f - && kubectl apply -f ubuntu.yaml "
                    + "&& kubectl create secret generic openstack-clouds --from-file=clouds.yaml"));
                break;
            case "chart":
                await TypeAsync("helm install image-tag-operator charts/image-tag-operator -n image-tag-system --create-namespace "
                    + "--set image.repository=registry.example.com/image-tag-operator --set 'watchNamespaces={default}' "
                    + $"&& kubectl -n image-tag-system create -f - <<< '{LeaseOfThePods}'");
                break;
            case "examples":
                await TypeAsync("mkdir -p sets chart/templates overlays/production && cp *.yaml sets/ && rm -f sets/clouds.yaml "
                    + "&& cp sets/*.yaml chart/templates/ && cp sets/*.yaml overlays/production/ "
                    + "&& (echo resources: && ls sets | sed 's/^/- /') > overlays/production/kustomization.yaml "
                    + "&& printf 'apiVersion: v2\\nname: chart\\nversion: 0.1.0\\n' > chart/Chart.yaml "
                    + "&& sed -e '/^#/d' -e '/^clouds:/d' -e 's/mycloud/production/' clouds.yaml > more "
                    + "&& (echo && cat more) >> clouds.yaml");
                break;
            case "ca-pem":
                await TypeAsync("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=ca -keyout ca.key -out ca.pem");
                break;
            case "delete-secret":
                await TypeAsync("kubectl delete secret openstack-clouds");
                break;
            case "delete-application-credential":
                await TypeAsync("openstack application credential delete image-tags-2");
                break;
            case "argocd":
                await TypeAsync("kubectl create namespace argocd && kubectl -n argocd create configmap argocd-cm");
                break;
            case "stop-operator":
                await running!.StopAsync();
                await StopOperatorAsync();
                break;
            case "stop-keystone":
                await keystone.StopAsync();
                break;
            case "start-keystone":
                keystone.Start();
                break;
            default:
                throw new FormatException($"The guide wants '{directive}' to be run, and nobody knows how.");
        }
    }
}
