namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>A part of the guide. The Markdown of all parts, one after the other, is the guide.</summary>
internal abstract record GuidePart
{
    public abstract string Markdown { get; }

    /// <summary>Only for readers; the fences of the other parts too.</summary>
    public sealed record Prose(string Text) : GuidePart
    {
        public override string Markdown => Text;
    }

    /// <summary>A block <c>yaml</c>; its first line is a comment that names the file.</summary>
    public sealed record Manifest(string FileName, string Content) : GuidePart
    {
        public override string Markdown => Content;
    }

    /// <summary>A line <c>$ ...</c> of a block <c>console</c>, those that a backslash continues it with, and what was printed
    /// below.</summary>
    public sealed record Command(string Typed, string Printed) : GuidePart
    {
        private static readonly string[] ReadOnly = ["kubectl get", "kubectl describe", "kubectl events", "openstack image show",
            "openstack image list", "image-tag-operator status"];

        public override string Markdown => $"$ {Typed}\n{(Printed.Length == 0 ? "" : Printed + "\n")}";

        /// <summary>It can be typed again until it prints what is expected, as a user would.</summary>
        public bool OnlyReads => ReadOnly.Any(verb => Typed.StartsWith(verb, StringComparison.Ordinal));
    }

    /// <summary>A comment <c>&lt;!-- run: ... --&gt;</c>, which readers do not see.</summary>
    public sealed record Directive(string Name) : GuidePart
    {
        public override string Markdown => $"<!-- run: {Name} -->\n";
    }
}
