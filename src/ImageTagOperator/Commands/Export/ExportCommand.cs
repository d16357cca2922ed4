using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Commands.Output;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Commands.Export;

/// <summary><c>export</c>: prints sets that describe the current tags of a cloud.</summary>
internal static class ExportCommand
{
    private const string DefaultSecret = "openstack-clouds";

    public static Command Create(CommandContext here)
    {
        var cloud = new Option<string?>(
            "--cloud") { Description = "The cloud of the local clouds.yaml; by default $OS_CLOUD, else that of the OS_* variables, else "
            + "the only one there is.", HelpName = "name" };
        var names = new Option<string[]>(
            "--name") { Description = "Only images whose name matches this glob (* and ?); may be repeated.", HelpName = "glob" };
        var owner = new Option<string?>("--owner") { Description = "Only images of the project with this id.", HelpName = "id" };
        var visibility = new Option<ImageVisibility?>(
            "--visibility") { Description = "Only images with this visibility: public, private, shared or community.",
            HelpName = "visibility" }.AcceptOnlyFromAmong("public", "private", "shared", "community");
        var status = new Option<string?>(
            "--status") { Description = "Images with this status instead of active ones.", HelpName = "status" };
        var tags = new Option<string[]>("--tag") { Description = "Only images with this tag; may be repeated.", HelpName = "tag" };
        var properties = new Option<string[]>(
            "--property") { Description = "Only images with this property; may be repeated.", HelpName = "key=value" };
        var newest = new Option<int?>(
            "--newest") { Description = "Of those, only this many, the most recently created ones.", HelpName = "number" };
        var group = new Option<bool>(
            "--group") { Description = "One ImageTagSet for all images that have the same tags, as far as their names tell them from "
            + "others." };
        var byId = new Option<bool>(
            "--by-id") { Description = "Name images by their ids. By default by their names, where no other image has the same." };
        var untagged = new Option<bool>("--untagged") { Description = "Images without tags too." };
        var policy = new Option<TagPolicy>("--policy") { Description = "The policy of the ImageTagSets: Exact or Additive.",
            HelpName = "policy", DefaultValueFactory = _ => TagPolicy.Exact }.AcceptOnlyFromAmong("Exact", "Additive");
        var secret = new Option<string>("--secret") { Description = "The Secret that the ImageTagSets name.", HelpName = "name",
            DefaultValueFactory = _ => DefaultSecret };
        var inNamespace = new Option<string?>(
            "--namespace", "-n") { Description = "The namespace of the ImageTagSets; none by default.", HelpName = "name" };
        properties.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => !token.Value.Contains('=', StringComparison.Ordinal)) is { } wrong) result.AddError(
                $"--property {wrong.Value} must be key=value.");
        });

        var command = new DocumentedCommand("export",
            "Print ImageTagSets that describe the tags that the images of a cloud have now, ready to commit: a plan of them finds nothing "
            + "to do.")
        {
            Examples =
            [
                ("all tagged images of a cloud", "{} export --cloud production > sets.yaml"),
                ("those of one project, one set for all images with the same tags",
                    "{} export --cloud production --owner 5f705771c8b14a9f8d1c4a0a4a3c2b1e --group"),
                ("the newest three Ubuntu images", "{} export --cloud production --name 'ubuntu-*' --newest 3"),
            ],
        };
        foreach (var option in new Option[] { cloud, names, owner, visibility, status, tags, properties, newest, group, byId, untagged,
            policy, secret, inNamespace }) command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var configuration = new LocalClouds(here.Environment, here.Folder).Find(parsed.GetValue(cloud), null);
            var profile = CloudProfiles.Of(configuration.AuthUrl);
            using var sessions = new CloudSessions(new CloudLimits(), here.Time);
            var session = sessions.Get(configuration with { Profile = profile });
            var term = parsed.GetValue(visibility) == ImageVisibility.Community ? ImageTerm.Community : ImageTerm.All;
            var reading = await session.Images.ReadAsync(term, cancellationToken);
            var selector = new ImageSelector
            {
                Names = NullIfEmpty(parsed.GetValue(names)),
                Owner = parsed.GetValue(owner),
                Visibility = parsed.GetValue(visibility),
                Status = parsed.GetValue(status),
                Tags = NullIfEmpty(parsed.GetValue(tags)),
                Properties = parsed.GetValue(properties) is { Length: > 0 } pairs ? pairs.Select(pair => pair.Split('=', 2))
                    .ToDictionary(pair => pair[0], pair => pair[1]) : null,
                Newest = parsed.GetValue(newest),
            };
            var exporter = new ImageExporter(
                new ExportSettings(
                    selector, parsed.GetValue(inNamespace), parsed.GetValue(secret)!, configuration.Name, parsed.GetValue(policy),
                        parsed.GetValue(byId), parsed.GetValue(group), parsed.GetValue(untagged)),
                profile,
                reading.Images);
            var sets = exporter.Sets().ToArray();
            here.Out.Write(string.Join("---\n", sets.Select(set => KubernetesYaml.Serialize(Document(set)))));
            here.Error.WriteLine(
                $"{Words.Count(sets.Length, "ImageTagSet")} for {exporter.Images.Count} of {Words.Count(reading.Images.Count, "image")} "
                + $"of cloud {configuration.Name}.");
            return ExitCode.Nothing;
        });
        return command;
    }

    /// <summary>Serializes a set without its default values.</summary>
    private static JsonObject Document(V1Alpha1ImageTagSet set)
    {
        var whole = JsonSerializer.SerializeToNode(set, ImageTagSetJson.Default.V1Alpha1ImageTagSet)!.AsObject();
        whole.Remove("status");
        var spec = whole["spec"]!.AsObject();
        foreach (var name in new[] { "mode", "deletionPolicy", "interval", "suspend" }) spec.Remove(name);
        if (set.Spec.Policy == TagPolicy.Exact) spec.Remove("policy");
        spec["cloudCredentialsRef"]!.AsObject().Remove("profile");
        return whole;
    }

    private static string[]? NullIfEmpty(string[]? values) => values is { Length: > 0 } ? values : null;
}
