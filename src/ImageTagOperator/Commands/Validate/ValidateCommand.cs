using System.CommandLine;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Commands.Manifests;
using ImageTagOperator.Commands.Output;
using ImageTagOperator.Commands.Plan;

namespace ImageTagOperator.Commands.Validate;

/// <summary><c>validate</c>: validates manifests, without a cluster and without a cloud.</summary>
internal static class ValidateCommand
{
    public static Command Create(CommandContext here)
    {
        var files = ManifestOptions.Files();
        var output = new OutputOptions(here, "json");
        var command = new DocumentedCommand("validate",
            "Check the ImageTagSets of manifests against their schema, the operator's rules and each other, offline. Ends with 0 when all "
            + "are good, else with 1.")
        {
            Examples =
            [
                ("a folder with all below it", "{} validate -f sets/"),
                ("what Kustomize makes", "kubectl kustomize overlays/production | {} validate -f -"),
            ],
        };
        command.Options.Add(files);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var reader = new ManifestReader(here);
            var manifests = await reader.ReadAsync(parsed.GetValue(files)!, cancellationToken);
            IReadOnlyList<ManifestError> errors = [
                .. reader.Errors, .. ManifestValidator.Validate(manifests).Errors, .. ManifestWarnings.Of(manifests)];
            if (output.Format(parsed) is { } format) output.Write(format, errors, ReportJson.Readable.IReadOnlyListManifestError);
            else Print(manifests, errors, output.Terminal(parsed));
            return errors.All(error => error.Kind == ManifestErrorKind.Warning) ? ExitCode.Nothing : ExitCode.Error;
        });
        return command;
    }

    private static void Print(IReadOnlyList<Manifest> manifests, IReadOnlyList<ManifestError> errors, Terminal terminal)
    {
        foreach (var error in errors) Print(error, terminal);
        var warnings = errors.Count(error => error.Kind == ManifestErrorKind.Warning);
        var wrong = errors.Count - warnings;
        var also = warnings == 0 ? "" : $", {Words.Count(warnings, "warning")}";
        if (errors.Count == 0) terminal.Line($"{Words.Count(manifests.Count, "ImageTagSet")} checked, all good.", Tone.Good);
        else terminal.Line(
            $"{Words.Count(manifests.Count, "ImageTagSet")} checked{(wrong == 0 ? "" : $", {Words.Count(wrong, "error")}")}{also}.",
            Tone.Strong);
    }

    private static void Print(ManifestError error, Terminal terminal)
    {
        if (error.Kind == ManifestErrorKind.Unreadable)
        {
            terminal.Line(error.Message, Tone.Problem);
            return;
        }

        terminal.Line(
            ($"{error.File}:{error.Line}: ", Tone.Strong),
            ($"document {error.Document}{(error.Set.Length == 0 ? "" : $", ImageTagSet {error.Set}")}: ", Tone.Faint),
            (error.Kind == ManifestErrorKind.Warning ? "warning: " : "", Tone.Faint),
            (error.Field, Tone.Problem),
            ($" {error.Message}", Tone.Plain));
    }
}
