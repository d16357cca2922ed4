namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>A command of a page that the tests of the pages do not type.</summary>
/// <param name="Page">The page; empty: all pages.</param>
/// <param name="Start">How the command begins.</param>
/// <param name="Reason">Why it is not typed there, and what types it instead.</param>
internal sealed record UntypedCommand(string Page, string Start, string Reason)
{
    private const string Other = "types the same command";
    private const string Endless = "does not end; the directive start-operator starts the same program";
    private const string Pods = "needs a cluster that runs pods: InstalledChartTests types it there";
    private const string Shells = "for an interactive shell; the tests of the command have the scripts";

    public static IReadOnlyList<UntypedCommand> All { get; } =
    [
        new("", "make ", "builds or tests the project itself; CI runs these targets, and TourTests the tour"),
        new("", "export PATH=", "the environment of the tests has the program in PATH"),
        new("", "docker ", "needs Docker; make image builds the same image without it"),
        new("", "helm test ", Pods),
        new("", "image-tag-operator run", Endless),
        new("", "image-tag-operator status --watch", "does not end; RealCommandTests types it"),
        new("", "image-tag-operator check -n images --url", "needs an operator at that port; ChartRightsTests types the option"),
        new("", "source <(", Shells),
        new("", "image-tag-operator completion ", Shells),
        new("README.md", "helm install ", $"the chart's README {Other}"),
        new("docs/cli.md", "kubectl get imagetagsets -o yaml | image-tag-operator apply",
            "the sets of that page are in another namespace; docs/upgrade.md types it with plan, and ClusterTests has apply"),
        new("docs/upgrade.md", "kubectl apply -k", "needs Kubernetes 1.25; ChartTests compares the objects with the chart's"),
    ];

    public static UntypedCommand? Of(string page, string typed) => All.FirstOrDefault(untyped =>
        (untyped.Page.Length == 0 || untyped.Page == page) && typed.StartsWith(untyped.Start, StringComparison.Ordinal));
}
