using System.Runtime.CompilerServices;
using ImageTagOperator.Planning.Scheduling;

namespace ImageTagOperator.Planning.Conditions;

/// <summary>The <c>reason</c> of a condition for a problem, with the kind and the requeue that follow from it.</summary>
public sealed record Reason
{
    private static readonly List<Reason> Known = [];

    private Reason(string name, ProblemKind kind)
    {
        (Name, Kind) = (name, kind);
        Known.Add(this);
    }

    /// <summary>A timeout, a 5xx, a 429, a broken connection.</summary>
    public static readonly Reason Transient = Of(ProblemKind.Retrying);

    /// <summary>The reconcile was cancelled, for example at shutdown.</summary>
    public static readonly Reason Interrupted = Of(ProblemKind.Retrying);

    public static readonly Reason ImageNotActive = Of(ProblemKind.Waiting);

    /// <summary>An unexpected exception: a bug.</summary>
    public static readonly Reason InternalError = Of(ProblemKind.Unforeseen);

    // The spec.
    public static readonly Reason InvalidSpec = Of(ProblemKind.Stalled, Requeue.OnEdit);
    public static readonly Reason NoImageMatches = Of(ProblemKind.Stalled, Requeue.AtInterval);
    public static readonly Reason Conflict = Of(ProblemKind.Stalled);
    public static readonly Reason RemovalLimitExceeded = Of(ProblemKind.Stalled, Requeue.AtInterval);

    // The installation.
    public static readonly Reason DefinitionOutdated = WriteFailure(Requeue.AtInterval);
    public static readonly Reason KubernetesRefuses = WriteFailure();

    // The credentials.
    public static readonly Reason CloudChanged = Of(ProblemKind.Stalled);
    public static readonly Reason SecretNotFound = Of(ProblemKind.Stalled);
    public static readonly Reason SecretForbidden = Of(ProblemKind.Stalled);
    public static readonly Reason InvalidCloudsYaml = Of(ProblemKind.Stalled);
    public static readonly Reason CredentialsRejected = Of(ProblemKind.Stalled);
    public static readonly Reason AuthUrlWrong = Of(ProblemKind.Stalled);
    public static readonly Reason Redirected = Of(ProblemKind.Stalled);
    public static readonly Reason TlsUntrusted = Of(ProblemKind.Stalled);
    public static readonly Reason AccessRulesForbid = Of(ProblemKind.Stalled);
    public static readonly Reason CloudRejects = Of(ProblemKind.Stalled);
    public static readonly Reason CloudNotAllowed = Of(ProblemKind.Stalled);
    public static readonly Reason EndpointNotFound = Of(ProblemKind.Stalled);
    public static readonly Reason Forbidden = WriteFailure(Requeue.AtInterval);

    // The image.
    public static readonly Reason ImageNotFound = AfterRead(ProblemKind.Stalled);
    public static readonly Reason AmbiguousImage = AfterRead(ProblemKind.Stalled);
    public static readonly Reason TooManyImages = AfterRead(ProblemKind.Stalled);
    public static readonly Reason ImageDeactivated = Of(ProblemKind.Stalled);

    // The tag.
    public static readonly Reason Contended = Of(ProblemKind.Stalled, Requeue.AtInterval);
    public static readonly Reason TagCollision = Of(ProblemKind.Stalled);
    public static readonly Reason TagNotRemovable = Of(ProblemKind.Stalled, Requeue.AtInterval);
    public static readonly Reason TagQuotaExceeded = WriteFailure();
    public static readonly Reason TagRejected = WriteFailure();

    /// <summary>All reasons. The constructor registers each one.</summary>
    public static IReadOnlyList<Reason> All => Known;

    public string Name { get; }

    public ProblemKind Kind { get; }

    public Requeue Requeue { get; private init; }

    /// <summary>The cloud answered the query for the images of the set, so they count as verified.</summary>
    public bool ImagesWereRead { get; private init; }

    /// <summary>Only the next write can show whether the problem is over.</summary>
    public bool IsWriteFailure { get; private init; }

    public override string ToString() => Name;

    private static Reason Of(ProblemKind kind, Requeue requeue = Requeue.Soon, [CallerMemberName] string name = "") =>
        new(name, kind) { Requeue = requeue };

    private static Reason WriteFailure(Requeue requeue = Requeue.Soon, [CallerMemberName] string name = "") =>
        new(name, ProblemKind.Stalled) { Requeue = requeue, IsWriteFailure = true };

    private static Reason AfterRead(ProblemKind kind, [CallerMemberName] string name = "") => new(name, kind) { ImagesWereRead = true };
}
