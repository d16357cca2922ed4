using System.Runtime.InteropServices;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Sandbox.Kubernetes;

namespace ImageTagOperator.Sandbox.Demo;

/// <summary>The embedded servers, for trying things out with real kubectl and the real operator.</summary>
internal static class Serve
{
    public static async Task<int> RunAsync(string folder)
    {
        await using var kubernetes = await SandboxKubernetes.StartAsync();
        await using var cloud = await SandboxCloud.StartAsync();
        cloud.AddImage("ubuntu-24.04", "nightly");
        cloud.AddImage("debian-12");

        Directory.CreateDirectory(folder);
        var (kubeconfig, clouds) = (Path.Combine(folder, "kubeconfig"), Path.Combine(folder, "clouds.yaml"));
        await File.WriteAllTextAsync(kubeconfig, kubernetes.Kubeconfig);
        await File.WriteAllTextAsync(clouds, cloud.CloudsYaml);
        Console.WriteLine(
            $"""
            Kubernetes API at {kubernetes.Url}, Keystone and Glance at {cloud.Url}, with images ubuntu-24.04 and debian-12. In another terminal:

              export KUBECONFIG={Path.GetFullPath(kubeconfig)}
              image-tag-operator crd | kubectl apply -f -
              kubectl create secret generic openstack-clouds --from-file=clouds.yaml={Path.GetFullPath(clouds)}
              image-tag-operator run

            Ctrl-C ends it.
            """);

        var ended = new TaskCompletionSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        await ended.Task;
        File.Delete(kubeconfig);
        File.Delete(clouds);
        return 0;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.TrySetResult();
        }
    }
}
