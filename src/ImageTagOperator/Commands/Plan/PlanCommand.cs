using System.CommandLine;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Commands.Manifests;
using ImageTagOperator.Commands.Output;

namespace ImageTagOperator.Commands.Plan;

/// <summary><c>plan</c>: shows what would be added and removed, without a cluster.</summary>
internal static class PlanCommand
{
    public static Command Create(CommandContext here)
    {
        var manifests = new ManifestOptions(here);
        var output = new OutputOptions(here, "json", "yaml");
        var command = new DocumentedCommand("plan",
            "Show what the operator would add to and remove from which image, for the ImageTagSets of manifests. Writes nothing. Ends "
            + "with 0 when there is nothing to do, 2 when there are changes, and 1 on an error.")
        {
            Examples =
            [
                ("what a folder of manifests would change", "{} plan -f sets/"),
                ("in a cloud of ~/.config/openstack/clouds.yaml", "{} plan -f sets.yaml --cloud production"),
                ("what Kustomize makes", "kubectl kustomize overlays/production | {} plan -f -"),
                ("with the Secrets and the status of the cluster", "{} plan -f sets/ --from-cluster"),
                ("for a program", "{} plan -f sets/ -o json | jq .summary"),
            ],
        };
        manifests.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var format = output.Format(parsed);
            using var work = await manifests.ReadAsync(parsed, hasErrors: format is not null, cancellationToken);
            using var plan = new ManifestOperator([.. work.Sets, .. work.Others], work.Directory, here.Time);
            var progress = new Progress(here, "set", "planned");
            progress.Begin(work.Sets.Count);
            var outcomes = await plan.PlanAsync(work.Sets, progress.Step, cancellationToken);
            progress.End();
            var report = PlanReporter.Report(work.Manifests, outcomes, done: false) with { Errors = work.Errors };
            if (format is not null) output.Write(format, report, ReportJson.Readable.PlanReport);
            else PlanPrinter.Print(report, output.Terminal(parsed), done: false);
            return report.Summary switch
            {
                _ when report.Errors is not null => ExitCode.Error,
                { Problems: > 0 } => ExitCode.Error,
                { Add: 0, Remove: 0 } => ExitCode.Nothing,
                _ => ExitCode.Changes,
            };
        });
        return command;
    }
}
