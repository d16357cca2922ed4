using System.Text.RegularExpressions;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>The rules for the message of every problem: it names an object, and it ends with the command to run.</summary>
internal static partial class MessageRules
{
    /// <summary>Reasons without a command, and why.</summary>
    public static IReadOnlyDictionary<Reason, string> WithoutCommand { get; } = new Dictionary<Reason, string>
    {
        [Reason.Transient] = "it is tried again",
        [Reason.Interrupted] = "the next reconcile goes on",
    };

    /// <param name="set">A set with a problem.</param>
    public static void Check(V1Alpha1ImageTagSet set)
    {
        var ready = World.Ready(set)!;
        var (reason, message) = (Reason.All.Single(reason => reason.Name == ready.Reason), ready.Message);
        var commands = Command().Matches(message);
        Holds(Object().IsMatch(message), "names no object");
        Holds(WithoutCommand.ContainsKey(reason) == (commands.Count == 0), "has no command, or has one and is listed as without");
        Holds(!Sloppy().IsMatch(message), "has '..' or two blanks");
        Holds(commands.Count == 0 ? message.EndsWith('.') : !message.EndsWith('.'), "ends with neither a full stop nor a command");
        Holds(reason == Reason.InternalError || !Foreign().IsMatch(message), "speaks .NET");
        Holds(!OldWord().IsMatch(message), "has a word that readers stumble over");
        if (message.Contains(" imagetagset ", StringComparison.Ordinal))
        {
            var edit = $"kubectl -n {set.Metadata.NamespaceProperty} edit imagetagset {set.Metadata.Name}";
            Holds(message.EndsWith(edit, StringComparison.Ordinal), "edits another set");
        }

        void Holds(bool rule, string broken) => Assert.True(rule, $"{reason}: the message {broken}: {message}");
    }

    [GeneratedRegex("(: |\\| )(kubectl|openstack|image-tag-operator|curl|openssl) ")]
    private static partial Regex Command();

    [GeneratedRegex("\\.\\.|  ")]
    private static partial Regex Sloppy();

    [GeneratedRegex("Secret |[Cc]loud '|[Ii]mage|spec\\.|ImageTagSet|CustomResourceDefinition|https?://")]
    private static partial Regex Object();

    [GeneratedRegex("Exception|Object reference|Nullable|System\\.|instance of an object|\\bnull\\b")]
    private static partial Regex Foreign();

    [GeneratedRegex("\\b(shall|anew|mend|goes|meanwhile|lest|upon)\\b")]
    private static partial Regex OldWord();
}
