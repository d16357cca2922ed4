using System.CommandLine;
using System.Net.Sockets;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Hosting;
using ImageTagOperator.Hosting.Logging;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.Reconciliation;
using Microsoft.Extensions.Logging.Console;

namespace ImageTagOperator.Commands;

/// <summary><c>run</c>: runs the operator.</summary>
internal static partial class RunCommand
{
    public static Command Create(CommandContext here)
    {
        var kubeconfig = new Option<string?>(
            "--kubeconfig") { Description = "Path of a kubeconfig; by default $KUBECONFIG, the pod's service account or ~/.kube/config, "
            + "in this order.", HelpName = "file" };
        var context = new Option<string?>(
            "--context") { Description = "Context of the kubeconfig, if not the current one.", HelpName = "name" };
        var namespaces = new Option<string[]>("--namespace",
            "-n") { Description = "Watch only this namespace; may be repeated. All namespaces by default.", HelpName = "name" };
        var defaults = new OperatorOptions();
        var health = new Option<string>(
            "--health-address") { Description = "Where /healthz, /readyz and /metrics listen; port 0 takes a free one. In a pod "
            + "http://0.0.0.0:8080 by default.", HelpName = "url", DefaultValueFactory = _ => defaults.HealthAddress };
        var metrics = new Option<string?>(
            "--metrics-address") { Description = "Where /metrics listens instead, such as https://0.0.0.0:8443: with TLS, and only for "
            + "whom the API server knows by a bearer token (TokenReview) and lets get /metrics (SubjectAccessReview).", HelpName = "url" };
        var metricsCert = new Option<string?>(
            "--metrics-cert-path") { Description = "Folder of tls.crt and tls.key for it, as in a mounted Secret; what changes there is "
            + "taken up. By default the operator signs a certificate by itself.", HelpName = "folder" };
        var leaderElect = new Option<bool>(
            "--leader-elect") { Description = "Run as one of several replicas of which only one works at a time." };
        var leaderNamespace = new Option<string?>(
            "--leader-elect-namespace") { Description = "Namespace of the Lease; by default that of the context or the pod.",
            HelpName = "name" };
        var leaderName = new Option<string>("--leader-elect-name") { Description = "Name of the Lease.", HelpName = "name",
            DefaultValueFactory = _ => defaults.LeaderElectionName };
        var shard = new Option<string>(
            "--shard") { Description = "Reconcile only the ImageTagSets of some clouds: 0/3, 1/3 and 2/3 are the three processes that "
            + "share the work. All sets of a cloud are in one shard.", HelpName = "index/count", DefaultValueFactory = _ => "0/1" };
        shard.Validators.Add(result =>
        {
            if (Shard.ProblemOf(result.GetValueOrDefault<string>() ?? "") is { } problem) result.AddError($"{shard.Name}: {problem}");
            else if (Shard.Parse(result.GetValueOrDefault<string>()!)!.Count > 1 && !result.GetValue(leaderElect))
            {
                result.AddError($"{shard.Name} needs {leaderElect.Name}, which keeps two processes from working on one cloud.");
            }
        });
        var deadline = new Option<int>(
            "--deletion-deadline") { Description = "Seconds that a cloud may hold up the deletion of an ImageTagSet.", HelpName = "seconds",
            DefaultValueFactory = _ => (int)defaults.DeletionDeadline.TotalSeconds };
        var concurrency = new Option<int>("--cloud-concurrency") { Description = "Requests to one cloud at the same time.",
            HelpName = "number", DefaultValueFactory = _ => defaults.Cloud.Concurrency };
        var rate = new Option<int>("--cloud-rate") { Description = "Requests to one cloud in a second.", HelpName = "number",
            DefaultValueFactory = _ => defaults.Cloud.RequestsPerSecond };
        var fullRead = new Option<int>(
            "--full-read-interval") { Description = "Minutes after which images are read again whole, where otherwise only changes are "
            + "asked for.", HelpName = "minutes", DefaultValueFactory = _ => (int)defaults.Cloud.FullReadInterval.TotalMinutes };
        var probe = new Option<int>(
            "--drift-probe") { Description = "Seconds between two requests that ask a cloud what others changed, so that drift is "
            + "corrected in seconds; 0 leaves it to the interval of each ImageTagSet.", HelpName = "seconds",
            DefaultValueFactory = _ => (int)defaults.DriftProbe.TotalSeconds };
        var allowed = new Option<string[]>(
            "--allowed-clouds") { Description = "Where clouds may be: a host name, *.NAME for those below one, or a network such as "
            + "10.0.0.0/8; may be repeated. Anywhere by default, but never at link-local and metadata addresses.", HelpName = "place" };
        allowed.Validators.Add(result =>
        {
            foreach (var problem in result.Tokens.Select(token => AllowedClouds.Problem(token.Value)).OfType<string>()) result.AddError(
                $"{allowed.Name}: {problem}");
        });
        foreach (var (option, least) in new[] { (concurrency, 1), (rate, 1), (fullRead, 1), (deadline, 0), (probe, 0) })
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() < least) result.AddError($"{option.Name} must be at least {least}.");
            });
        }

        health.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } address && ListenAddress.Problem(address, "http://0.0.0.0:8080") is { } problem)
            {
                result.AddError($"{health.Name} {problem}");
            }
        });
        metrics.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } address && ListenAddress.Problem(address, "https://0.0.0.0:8443") is { } problem)
            {
                result.AddError($"{metrics.Name} {problem}");
            }
        });

        var format = new Option<string>("--log-format") { Description = "text or json.", HelpName = "format", DefaultValueFactory = _ =>
            "text" }.AcceptOnlyFromAmong("text", "json");
        var levels = new Option<string[]>(
            "--log-level") { Description = "Trace, Debug, Information (the default), Warning, Error or None; CATEGORY=LEVEL for a part of "
            + "the log, such as ImageTagOperator.OpenStack=Debug. May be repeated.", HelpName = "[category=]level" };
        levels.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => LogLevels.Problem(token.Value) is not null)) result.AddError(
                $"{levels.Name}: {LogLevels.Problem(token.Value)}");
        });

        var command = new DocumentedCommand("run", "Run the operator: watch ImageTagSets and keep the images' tags as they declare.")
        {
            Examples =
            [
                ("with the kubeconfig that kubectl uses, until Ctrl-C", "{} run"),
                ("one namespace only, in detail", "{} run -n images --log-level Debug"),
                ("in a pod, as one of several replicas", "{} run --leader-elect --log-format json"),
            ],
        };
        foreach (var option in new Option[]
        {
            kubeconfig, context, namespaces, health, metrics, metricsCert, leaderElect, leaderNamespace, leaderName, shard, deadline,
                concurrency, rate, fullRead, probe, allowed, format, levels,
        }) command.Options.Add(option);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new OperatorOptions
            {
                Namespaces = parsed.GetValue(namespaces) ?? [],
                HealthAddress = parsed.GetValue(health)!,
                MetricsAddress = parsed.GetValue(metrics),
                MetricsCertPath = parsed.GetValue(metricsCert),
                LeaderElection = parsed.GetValue(leaderElect),
                LeaderElectionNamespace = parsed.GetValue(leaderNamespace),
                LeaderElectionName = parsed.GetValue(leaderName)!,
                Shard = Shard.Parse(parsed.GetValue(shard)!)!,
                AllowedClouds = parsed.GetValue(allowed) ?? [],
                DriftProbe = TimeSpan.FromSeconds(parsed.GetValue(probe)),
                DeletionDeadline = TimeSpan.FromSeconds(parsed.GetValue(deadline)),
                Cloud = new CloudLimits
                {
                    Concurrency = parsed.GetValue(concurrency),
                    RequestsPerSecond = parsed.GetValue(rate),
                    FullReadInterval = TimeSpan.FromMinutes(parsed.GetValue(fullRead)),
                },
            },
            parsed.GetValue(kubeconfig),
            parsed.GetValue(context),
            logging => Log(logging, here, parsed.GetValue(format) == "json", LogLevels.Parse(parsed.GetValue(levels) ?? [])),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        OperatorOptions options, string? kubeconfig, string? context, Action<ILoggingBuilder> logging, CancellationToken cancellationToken)
    {
        var kubernetes = KubernetesClientConfiguration.Build(kubeconfig, context);
        var app = OperatorHost.Build(options, kubernetes, logging);
        await using var disposed = (IAsyncDisposable)app;
        var state = app.Services.GetRequiredService<OperatorState>();    // before the services are disposed
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            var second = options.MetricsAddress is null ? "" : $" or --metrics-address {options.MetricsAddress}";
            throw new IOException(
                $"--health-address {options.HealthAddress}{second} cannot be listened on: {e.Message.TrimEnd('.')}. Choose another "
                    + "address or port.", e);
        }

        LogStart(
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("image-tag-operator"),
            OperatorHost.Version,
            options.Namespaces.Count == 0 ? "all namespaces" : $"namespace {string.Join(", ", options.Namespaces)}",
            kubernetes.Server,
            string.Join(", ", OperatorHost.AddressesOf(app)),
            RequestIds.Prefix);
        await app.WaitForShutdownAsync(cancellationToken);
        return state.ExitCode;
    }

    /// <summary>Configures logging. The scope contains the ID of the reconcile, so .NET's trace and span IDs would be redundant.</summary>
    private static void Log(ILoggingBuilder logging, CommandContext here, bool json, LogLevels levels)
    {
        const string timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";
        levels.Apply(logging.Configure(static factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.None));
        if (json) logging.AddJsonConsole(
            console => (console.IncludeScopes, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, timestamp));
        else logging.AddConsole(console => console.FormatterName = TextLogFormatter.FormatterName).Services
            .AddSingleton<ConsoleFormatter>(services => new TextLogFormatter(services.GetRequiredService<TimeProvider>(), Style(here)));
    }

    private static TextLogStyle Style(CommandContext here)
    {
        if (!here.IsTerminal) return TextLogStyle.Plain;
        return here.Variable("NO_COLOR") is null && here.Variable("TERM") != "dumb" ? TextLogStyle.Coloured : TextLogStyle.Aligned;
    }

    [LoggerMessage(10, LogLevel.Information,
        "image-tag-operator {Version} watches ImageTagSets in {Namespaces} of {Server}; health and metrics at {Health}; clouds know its "
        + "requests as {RequestIds}-...")]
    private static partial void LogStart(ILogger logger, string version, string namespaces, Uri server, string health, string requestIds);
}
