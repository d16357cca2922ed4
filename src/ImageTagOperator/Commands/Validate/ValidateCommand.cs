using System.CommandLine;

namespace ImageTagOperator.Commands;

/// <summary><c>validate</c>: what is wrong with manifests, without a cluster and without a cloud.</summary>
internal static class ValidateCommand
{
    public static Command Create(Surroundings here)
    {
        var files = ManifestOptions.Files();
        var output = new OutputOptions(here, "json");
        var command = new DocumentedCommand("validate", "Check the ImageTagSets of manifests against their schema, the operator's rules and each other, offline. Ends with 0 when all are good, else with 1.")
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
            var manifests = await new ManifestReader(here).ReadAsync(parsed.GetValue(files)!, cancellationToken);
            var errors = ManifestValidator.Validate(manifests).Errors;
            if (output.Format(parsed) is { } format) output.Write(format, errors, ReportJson.Readable.IReadOnlyListManifestError);
            else Print(manifests, errors, output.Terminal(parsed));
            return errors.Count == 0 ? ExitCode.Nothing : ExitCode.Error;
        });
        return command;
    }

    private static void Print(IReadOnlyList<Manifest> manifests, IReadOnlyList<ManifestError> errors, Terminal terminal)
    {
        foreach (var error in errors)
        {
            terminal.Line(
                ($"{error.File}:{error.Line}: ", Tone.Strong),
                ($"document {error.Document}{(error.Set.Length == 0 ? "" : $", ImageTagSet {error.Set}")}: ", Tone.Faint),
                (error.Field, Tone.Problem),
                ($" {error.Message}", Tone.Plain));
        }

        if (errors.Count == 0) terminal.Line($"{Words.Count(manifests.Count, "ImageTagSet")} checked, all good.", Tone.Good);
        else terminal.Line($"{Words.Count(manifests.Count, "ImageTagSet")} checked, {Words.Count(errors.Count, "error")}.", Tone.Strong);
    }
}
