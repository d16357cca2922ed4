using System.Diagnostics;
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

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("user-guide-");
    private readonly PrivateKubernetes kubernetes = new("namespace");
    private readonly Gate keystone;
    private readonly GuideProject project;
    private readonly TimeSpan patience;
    private NormalForm form;
    private OperatorProcess? running;

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

    private async Task<string> TypeAsync(string typed)
    {
        var environment = new Dictionary<string, string>
        {
            ["KUBECONFIG"] = Kubeconfig,
            ["OS_CLIENT_CONFIG_FILE"] = Path.Combine(folder.FullName, "clouds.yaml"),
            ["OS_CLOUD"] = "mycloud",
            ["PATH"] = $"{Path.GetDirectoryName(OperatorProcess.Executable)}:{Environment.GetEnvironmentVariable("PATH")}",
        };
        return (await Shell.TryAsync(
            "bash", ["-c", $"cd '{folder.FullName}' && exec 2>&1\n{typed}"], environment: environment, deadline: Deadline)).Output;
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
                await TypeAsync("truncate -s 1M ubuntu.img && openstack image create --disk-format raw --container-format bare "
                    + "--file ubuntu.img --tag nightly ubuntu-24.04");
                break;
            case "ubuntu-set":
                await RunAsync(new GuidePart.Manifest("ubuntu.yaml", SetOfThePages));
                await TypeAsync(form.ToReal("image-tag-operator crd | kubectl apply -f - && kubectl apply -f ubuntu.yaml "
                    + "&& kubectl create secret generic openstack-clouds --from-file=clouds.yaml"));
                break;
            case "argocd":
                await TypeAsync($"ln -s '{RealServers.Root}/config' config && kubectl create namespace argocd "
                    + "&& kubectl -n argocd create configmap argocd-cm");
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
