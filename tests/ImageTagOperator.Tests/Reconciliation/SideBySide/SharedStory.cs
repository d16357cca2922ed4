using System.Text;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using ImageTagOperator.Tests.Reconciliation.Properties;

namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>Clouds, images and sets that share them, and what happens to them act by act. Within an act all goes on side by side.</summary>
/// <param name="Images">All there ever are.</param>
/// <param name="Secrets">What the Secrets hold at first.</param>
internal sealed record SharedStory(IReadOnlyList<Picture> Images, IReadOnlyList<Login> Secrets, IReadOnlyList<Act> Acts)
{
    /// <summary>Tags that a cloud takes on an image.</summary>
    public int Quota { get; init; } = 128;

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine();
        for (var i = 0; i < Images.Count; i++) text.AppendLine($"  image {i}: {Images[i]}");
        for (var i = 0; i < Secrets.Count; i++) text.AppendLine($"  secret {i}: {Secrets[i]}");
        if (Quota < 128) text.AppendLine($"  quota {Quota}");
        for (var i = 0; i < Acts.Count; i++) text.AppendLine($"  act {i}: {Acts[i]}");
        return text.ToString();
    }
}

/// <summary>Who logs in. Images belong to <see cref="Owner"/>'s project or to <see cref="Other"/>'s.</summary>
internal enum User
{
    /// <summary>Of the first project.</summary>
    Owner,

    /// <summary>Of the first project, and may write nothing.</summary>
    Reader,

    /// <summary>Of the second project.</summary>
    Other,

    /// <summary>Of a third one; sees and writes everything.</summary>
    Admin,
}

/// <summary>What a Secret leads to.</summary>
/// <param name="IsInternal">By the cloud's other address.</param>
internal sealed record Login(int Cloud, User By, bool IsInternal = false)
{
    public string Project => ProjectOf(By);

    public static string ProjectOf(User user) => user switch { User.Other => "q", User.Admin => "r", _ => "p" };

    public bool Sees(Picture image) => image.Cloud == Cloud && (By == User.Admin || image.IsPublic || image.Owner == Project);

    public bool Writes(Picture image) => Sees(image) && (By == User.Admin || (By != User.Reader && image.Owner == Project));

    public override string ToString() => $"cloud {Cloud} as {By}{(IsInternal ? " (internal)" : "")}";
}

/// <summary>An image as it is for a while.</summary>
/// <param name="Number">Names and ids go by it: the same one in two clouds is two images of one id.</param>
/// <param name="Tags">At first.</param>
/// <param name="IsMarked">Has a property that selectors may ask for.</param>
/// <param name="IsThere">It was imported, and is not gone.</param>
internal sealed record Picture(int Cloud, int Number, string Owner, bool IsPublic, string[] Tags, bool IsMarked, string Status = "active",
    bool IsCopied = false, bool IsThere = true)
{
    public const string Mark = "mark";

    public bool IsWritable => Status == "active" && !IsCopied;

    public override string ToString() =>
        IsThere
            ? $"{Number}@cloud {Cloud} of {Owner}{(IsPublic ? " public" : "")} "
                + $"[{string.Join("|", Tags)}]{(IsMarked ? " marked" : "")}{(Status == "active" ? "" : $" {Status}")}{(IsCopied ? " copied" : "")}"
            : $"{Number}@cloud {Cloud} is not there";
}

/// <summary>Which images a set means.</summary>
/// <param name="Glob">A selector; else <paramref name="Number"/> tells.</param>
/// <param name="IsMarked">Only marked ones.</param>
internal sealed record Aim(int? Number = null, bool ByName = false, string? Glob = null, int? Newest = null, bool IsMarked = false)
{
    public bool IsSelector => Glob is not null;

    public ImageReference Reference => IsSelector
        ? new() { Selector = new ImageSelector { Names = [Glob!], Newest = Newest, Properties = IsMarked ? new Dictionary<string,
            string> { [Picture.Mark] = "yes" } : null } }
        : ByName ? new() { Name = ModelImage.NameOf(Number!.Value) } : new() { Id = ModelImage.IdOf(Number!.Value) };

    public override string ToString() => IsSelector
        ? $"names {Glob}{(IsMarked ? " marked" : "")}{(Newest is { } newest ? $" newest {newest}" : "")}"
        : $"{(ByName ? "name" : "id")} {Number}";
}

/// <summary>A set's spec.</summary>
internal sealed record Wish(Aim Aim, int Secret, TagPolicy Policy, string[] Tags, string[] Ignore, TagDeletionPolicy OnDeletion)
{
    public TagSetMode Mode { get; init; }

    public bool IsSuspended { get; init; }

    public bool IsInvalid { get; init; }

    public int? MaxRemovals { get; init; }

    public bool IsExact => Policy == TagPolicy.Exact;

    public bool IsHeard => !IsSuspended && !IsInvalid && Mode == TagSetMode.Enforce;

    public ImageTagSetSpec Spec => new()
    {
        CloudCredentialsRef = new CloudCredentialsRef { SecretName = $"secret{Secret}", CloudName = "demo" },
        Image = Aim.Reference,
        Tags = IsInvalid ? [.. Tags, "a/b"] : Tags,
        Policy = Policy,
        IgnoreTags = Ignore,
        DeletionPolicy = OnDeletion,
        Mode = Mode,
        Suspend = IsSuspended,
        MaxRemovals = MaxRemovals,
    };

    public bool Ignores(string tag) => Ignore.Any(glob => TagGlob.IsMatch(glob, tag));

    public override string ToString() =>
        $"{Aim} by secret {Secret}, {Policy} "
            + $"[{string.Join("|", Tags)}]{(Ignore.Length > 0 ? $" ignore [{string.Join("|", Ignore)}]" : "")} {OnDeletion}"
        + $"{(Mode == TagSetMode.Observe ? " Observe" : "")}{(IsSuspended ? " suspended" : "")}{(IsInvalid ? " invalid" : "")}{(MaxRemovals is { } most ? $" at most {most}" : "")}";
}

/// <summary>What users do at one moment, and what goes wrong until all is quiet again.</summary>
/// <param name="Sets">New specs; null deletes the set.</param>
/// <param name="Secrets">New contents.</param>
/// <param name="Images">As they are from now on, but for the tags that they have.</param>
internal sealed record Act(
    IReadOnlyDictionary<int, Wish?> Sets, IReadOnlyDictionary<int, Login> Secrets, IReadOnlyDictionary<int, Picture> Images)
{
    /// <summary>Lists of images that come empty.</summary>
    public int EmptyLists { get; init; }

    /// <summary>Reads may be answered by a replica that is a second behind.</summary>
    public bool Lags { get; init; }

    /// <summary>The operator dies after so many steps.</summary>
    public int? DiesAfter { get; init; }

    public override string ToString() => string.Join("; ",
        Sets.Select(edit => $"set {edit.Key} {(edit.Value is null ? "deleted" : $"becomes {edit.Value}")}")
            .Concat(Secrets.Select(edit => $"secret {edit.Key} becomes {edit.Value}"))
            .Concat(Images.Select(edit => $"image {edit.Key} becomes {edit.Value}"))
            .Concat(EmptyLists > 0 ? [$"{EmptyLists} empty lists"] : [])
            .Concat(Lags ? ["replicas lag"] : [])
            .Concat(DiesAfter is { } steps ? [$"dies after {steps} steps"] : []));
}
