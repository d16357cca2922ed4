using System.Text;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using ImageTagOperator.Tests.Reconciliation.Properties;

namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>Clouds, images and sets that share them, and a sequence of acts that change them. Everything within an act happens
/// concurrently.</summary>
/// <param name="Images">All images of the story.</param>
/// <param name="Secrets">The initial contents of the Secrets.</param>
internal sealed record SharedStory(IReadOnlyList<Picture> Images, IReadOnlyList<Login> Secrets, IReadOnlyList<Act> Acts)
{
    /// <summary>The maximum number of tags of an image.</summary>
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

/// <summary>The user of a login. Images belong to the project of <see cref="Owner"/> or of <see cref="Other"/>.</summary>
internal enum User
{
    /// <summary>A member of the first project.</summary>
    Owner,

    /// <summary>A member of the first project without write permission.</summary>
    Reader,

    /// <summary>A member of the second project.</summary>
    Other,

    /// <summary>In a third project; can see and write everything.</summary>
    Admin,
}

/// <summary>The content of a Secret.</summary>
/// <param name="IsInternal">Uses the cloud's internal address.</param>
internal sealed record Login(int Cloud, User By, bool IsInternal = false)
{
    public string Project => ProjectOf(By);

    public static string ProjectOf(User user) => user switch { User.Other => "q", User.Admin => "r", _ => "p" };

    public bool Sees(Picture image) => image.Cloud == Cloud && (By == User.Admin || image.IsPublic || image.Owner == Project);

    public bool Writes(Picture image) => Sees(image) && (By == User.Admin || (By != User.Reader && image.Owner == Project));

    public bool IsSameUser(Login? other) => other is not null && (Cloud, By) == (other.Cloud, other.By);

    public override string ToString() => $"cloud {Cloud} as {By}{(IsInternal ? " (internal)" : "")}";
}

/// <summary>The state of an image.</summary>
/// <param name="Number">Determines name and id: the same number in two clouds is two images with one id.</param>
/// <param name="Tags">The initial tags.</param>
/// <param name="IsMarked">Has a property that selectors can match.</param>
/// <param name="IsThere">The image was imported, and not deleted.</param>
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

/// <summary>The images that a set selects.</summary>
/// <param name="Glob">A selector; null: <paramref name="Number"/> names the image.</param>
/// <param name="IsMarked">Only images with the property.</param>
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

/// <summary>The spec of a set.</summary>
internal sealed record Wish(Aim Aim, int Secret, TagPolicy Policy, string[] Tags, string[] Ignore, TagDeletionPolicy OnDeletion)
{
    public TagSetMode Mode { get; init; }

    public bool IsSuspended { get; init; }

    public bool IsInvalid { get; init; }

    public int? MaxRemovals { get; init; }

    public bool IsExact => Policy == TagPolicy.Exact;

    public bool TakesPart => !IsSuspended && !IsInvalid && Mode == TagSetMode.Enforce;

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

/// <summary>Concurrent edits of users, and the faults until everything is idle again.</summary>
/// <param name="Sets">New specs; null deletes the set.</param>
/// <param name="Secrets">New contents.</param>
/// <param name="Images">The new states of images, except their tags.</param>
internal sealed record Act(
    IReadOnlyDictionary<int, Wish?> Sets, IReadOnlyDictionary<int, Login> Secrets, IReadOnlyDictionary<int, Picture> Images)
{
    /// <summary>How many lists of images are empty.</summary>
    public int EmptyLists { get; init; }

    /// <summary>Reads may come from a replica that is a second behind.</summary>
    public bool Lags { get; init; }

    /// <summary>The operator crashes after that many steps.</summary>
    public int? CrashesAfter { get; init; }

    public override string ToString() => string.Join("; ",
        Sets.Select(edit => $"set {edit.Key} {(edit.Value is null ? "deleted" : $"becomes {edit.Value}")}")
            .Concat(Secrets.Select(edit => $"secret {edit.Key} becomes {edit.Value}"))
            .Concat(Images.Select(edit => $"image {edit.Key} becomes {edit.Value}"))
            .Concat(EmptyLists > 0 ? [$"{EmptyLists} empty lists"] : [])
            .Concat(Lags ? ["replicas lag"] : [])
            .Concat(CrashesAfter is { } steps ? [$"dies after {steps} steps"] : []));
}
