namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>A part of the guide. The concatenated Markdown of all parts is the guide.</summary>
internal abstract record GuidePart
{
    public abstract string Markdown { get; }

    /// <summary>Text for readers; also the fences of the other parts.</summary>
    public sealed record Prose(string Text) : GuidePart
    {
        public override string Markdown => Text;
    }

    /// <summary>A block <c>yaml</c>; its first line is a comment with the file name.</summary>
    public sealed record Manifest(string FileName, string Content) : GuidePart
    {
        public override string Markdown => Content;
    }

    /// <summary>A line <c>$ ...</c> of a block <c>console</c>, its continuation lines after a backslash, and the output below.</summary>
    public sealed record Command(string Typed, string Printed) : GuidePart
    {
        private static readonly string[] ReadOnly = ["kubectl get", "kubectl describe", "kubectl events", "openstack image show",
            "openstack image list", "image-tag-operator status",
            "image-tag-operator export"];   // another test can make an image public for a moment

        public override string Markdown => $"$ {Typed}\n{(Printed.Length == 0 ? "" : Printed + "\n")}";

        /// <summary>The command can be repeated until it prints the expected output, as a user would do.</summary>
        public bool OnlyReads => ReadOnly.Any(verb => Typed.StartsWith(verb, StringComparison.Ordinal));
    }

    /// <summary>A command without its output: a line of indented code or of a block <c>bash</c>. A word in capitals, such as
    /// <c>NAMESPACE</c>, stands for a name of the reader's.</summary>
    /// <param name="Problem">What it printed when it failed; empty when it did not.</param>
    public sealed record Example(string Line, string Problem = "") : GuidePart
    {
        public override string Markdown => Line + "\n";

        public string Typed => Line.Trim();
    }

    /// <summary>A comment <c>&lt;!-- run: ... --&gt;</c>, which is invisible to readers.</summary>
    public sealed record Directive(string Name) : GuidePart
    {
        public override string Markdown => $"<!-- run: {Name} -->\n";
    }
}
