using System.CommandLine;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Commands.Manifests;
using ImageTagOperator.Commands.Output;
using ImageTagOperator.Commands.Plan;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Commands.Apply;

/// <summary><c>apply</c>: does once what the operator would do, without a cluster.</summary>
internal static class ApplyCommand
{
    public static Command Create(CommandContext here)
    {
        var manifests = new ManifestOptions(here);
        var output = new OutputOptions(here, "json", "yaml");
        var command = new DocumentedCommand("apply",
            "Do once what the operator would do for the ImageTagSets of manifests: add and remove tags, and verify it. Ends with 0 when "
            + "the images are as declared, else with 1. Ctrl-C ends it between two changes.")
        {
            Examples =
            [
                ("do what plan shows", "{} apply -f sets/"),
                ("one file, in a cloud of ~/.config/openstack/clouds.yaml", "{} apply -f sets.yaml --cloud production"),
                ("what the sets of the cluster declare", "kubectl get imagetagsets -o yaml | {} apply -f - --from-cluster"),
            ],
        };
        manifests.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var format = output.Format(parsed);
            using var work = await manifests.ReadAsync(parsed, hasErrors: format is not null, cancellationToken);
            if (format is not null && work.Errors is not null)
            {
                // Without the sets that have errors, the other images could get tags that no reviewer saw.
                output.Write(format, new PlanReport(new PlanSummary(0, 0, 0, 0, 0), [], work.Errors), ReportJson.Readable.PlanReport);
                return ExitCode.Error;
            }

            using var interrupt = new Interrupt(here.Error);
            var (planning, progress) = (new Progress(here, "set", "planned"), new Progress(here, "change", "made"));
            using var operators = new ManifestOperator(
                [.. work.Sets, .. work.Others], work.Directory, here.Time, new WriteListener((_, _) => progress.Step(), interrupt.Token));
            planning.Begin(work.Sets.Count);
            var plans = await operators.PlanAsync(work.Sets, planning.Step, cancellationToken);
            planning.End();
            var planned = PlanReporter.Report(work.Manifests, plans, done: false).Summary;
            progress.Begin(planned.Add + planned.Remove);
            var outcomes = await operators.ApplyAsync(work.Sets, cancellationToken);
            progress.End();
            var report = PlanReporter.Report(work.Manifests, outcomes, done: true);
            if (format is not null) output.Write(format, report, ReportJson.Readable.PlanReport);
            else PlanPrinter.Print(report, output.Terminal(parsed), done: true);
            return report.Summary.Problems == 0 ? ExitCode.Nothing : ExitCode.Error;
        });
        return command;
    }
}
