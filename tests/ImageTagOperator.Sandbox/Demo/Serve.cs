using System.Runtime.InteropServices;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Sandbox.Kubernetes;

namespace ImageTagOperator.Sandbox.Demo;

/// <summary>Serves the embedded servers, to try things out with real kubectl and the real operator.</summary>
internal static class Serve
{
    private const string Sample = "ubuntu.yaml";

    /// <param name="folder">Where to write the files that the commands need; none of them may exist. Null: a new temporary folder, deleted
    /// at the end.</param>
    public static async Task<int> RunAsync(string? folder)
    {
        var isOwn = folder is null;
        folder = isOwn ? Directory.CreateTempSubdirectory("image-tag-sandbox-").FullName : Path.GetFullPath(folder!);
        var files = new[] { "kubeconfig", "clouds.yaml", Sample }.Select(name => Path.Combine(folder, name)).ToArray();
        if (files.FirstOrDefault(File.Exists) is { } known)
        {
            await Console.Error.WriteLineAsync($"{known} is there already, and is not overwritten. Name another folder, or none.");
            return 1;
        }

        await using var kubernetes = await SandboxKubernetes.StartAsync();
        await using var cloud = await SandboxCloud.StartAsync();
        var image = cloud.AddImage("ubuntu-24.04", "nightly");
        cloud.AddImage("debian-12");

        Directory.CreateDirectory(folder);
        var ended = new TaskCompletionSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        try
        {
            await File.WriteAllTextAsync(files[0], kubernetes.Kubeconfig);
            await File.WriteAllTextAsync(files[1], cloud.CloudsYaml);
            await File.WriteAllTextAsync(files[2], Set);
            Console.WriteLine(ServeText.Of(kubernetes.Url, cloud.IdentityUrl, cloud.ImageUrl, folder, image.Id));
            await ended.Task;
        }
        finally
        {
            foreach (var file in files) File.Delete(file);
            if (isOwn) Directory.Delete(folder, recursive: true);
        }

        return 0;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.TrySetResult();
        }
    }

    private const string Set = """
        apiVersion: imagetags.io/v1alpha1
        kind: ImageTagSet
        metadata:
          name: ubuntu
          namespace: default
        spec:
          cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
          image: {name: ubuntu-24.04}
          tags: [golden, lts]
          interval: 10s

        """;
}
