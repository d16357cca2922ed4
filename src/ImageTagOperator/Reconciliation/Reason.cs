namespace ImageTagOperator.Reconciliation;

/// <summary>Who has to do something about a problem.</summary>
public enum ProblemKind
{
    /// <summary>A person: Ready is False and Stalled is True.</summary>
    Stalled,

    /// <summary>Nobody, it goes by as the image becomes usable: Ready is False and Reconciling is True.</summary>
    Waiting,

    /// <summary>Nobody, it is tried again soon: Ready is Unknown and Reconciling is True.</summary>
    Retrying,

    /// <summary>The authors of this program: Ready is Unknown and Stalled is True, and it is tried again.</summary>
    Unforeseen,
}

/// <summary>What can be wrong, as it stands in a condition's <c>reason</c>, and whose turn it is then.</summary>
public sealed record Reason(string Name, ProblemKind Kind)
{
    /// <summary>A timeout, a 5xx, a 429, a broken connection.</summary>
    public static readonly Reason Transient = new(nameof(Transient), ProblemKind.Retrying);

    /// <summary>Somebody asked for an end.</summary>
    public static readonly Reason Interrupted = new(nameof(Interrupted), ProblemKind.Retrying);

    public static readonly Reason ImageNotActive = new(nameof(ImageNotActive), ProblemKind.Waiting);

    /// <summary>Something that nobody foresaw: a bug.</summary>
    public static readonly Reason InternalError = new(nameof(InternalError), ProblemKind.Unforeseen);

    // The declaration.
    public static readonly Reason NoImageMatches = new(nameof(NoImageMatches), ProblemKind.Stalled);
    public static readonly Reason InvalidSpec = new(nameof(InvalidSpec), ProblemKind.Stalled);
    public static readonly Reason Conflict = new(nameof(Conflict), ProblemKind.Stalled);
    public static readonly Reason RemovalLimitExceeded = new(nameof(RemovalLimitExceeded), ProblemKind.Stalled);

    // The installation.
    public static readonly Reason DefinitionOutdated = new(nameof(DefinitionOutdated), ProblemKind.Stalled);
    public static readonly Reason KubernetesRefuses = new(nameof(KubernetesRefuses), ProblemKind.Stalled);

    // The credentials.
    public static readonly Reason CloudChanged = new(nameof(CloudChanged), ProblemKind.Stalled);
    public static readonly Reason SecretNotFound = new(nameof(SecretNotFound), ProblemKind.Stalled);
    public static readonly Reason SecretForbidden = new(nameof(SecretForbidden), ProblemKind.Stalled);
    public static readonly Reason InvalidCloudsYaml = new(nameof(InvalidCloudsYaml), ProblemKind.Stalled);
    public static readonly Reason CredentialsRejected = new(nameof(CredentialsRejected), ProblemKind.Stalled);
    public static readonly Reason AuthUrlWrong = new(nameof(AuthUrlWrong), ProblemKind.Stalled);
    public static readonly Reason Redirected = new(nameof(Redirected), ProblemKind.Stalled);
    public static readonly Reason TlsUntrusted = new(nameof(TlsUntrusted), ProblemKind.Stalled);
    public static readonly Reason AccessRulesForbid = new(nameof(AccessRulesForbid), ProblemKind.Stalled);
    public static readonly Reason CloudRejects = new(nameof(CloudRejects), ProblemKind.Stalled);
    public static readonly Reason CloudNotAllowed = new(nameof(CloudNotAllowed), ProblemKind.Stalled);
    public static readonly Reason EndpointNotFound = new(nameof(EndpointNotFound), ProblemKind.Stalled);
    public static readonly Reason Forbidden = new(nameof(Forbidden), ProblemKind.Stalled);

    // The image.
    public static readonly Reason ImageNotFound = new(nameof(ImageNotFound), ProblemKind.Stalled);
    public static readonly Reason AmbiguousImage = new(nameof(AmbiguousImage), ProblemKind.Stalled);
    public static readonly Reason TooManyImages = new(nameof(TooManyImages), ProblemKind.Stalled);
    public static readonly Reason ImageDeactivated = new(nameof(ImageDeactivated), ProblemKind.Stalled);

    // The tag.
    public static readonly Reason Contended = new(nameof(Contended), ProblemKind.Stalled);
    public static readonly Reason TagCollision = new(nameof(TagCollision), ProblemKind.Stalled);
    public static readonly Reason TagNotRemovable = new(nameof(TagNotRemovable), ProblemKind.Stalled);
    public static readonly Reason TagQuotaExceeded = new(nameof(TagQuotaExceeded), ProblemKind.Stalled);
    public static readonly Reason TagRejected = new(nameof(TagRejected), ProblemKind.Stalled);

    /// <summary>All there are.</summary>
    public static IReadOnlyList<Reason> All { get; } =
    [
        Transient, Interrupted, InternalError, ImageNotActive, NoImageMatches, CloudChanged, InvalidSpec, Conflict, RemovalLimitExceeded, DefinitionOutdated, KubernetesRefuses,
        SecretNotFound, SecretForbidden, InvalidCloudsYaml, CredentialsRejected, AuthUrlWrong, Redirected, TlsUntrusted, AccessRulesForbid, CloudRejects,
        CloudNotAllowed, EndpointNotFound, Forbidden, ImageNotFound, AmbiguousImage, TooManyImages, ImageDeactivated, Contended, TagCollision,
        TagNotRemovable, TagQuotaExceeded, TagRejected,
    ];

    /// <summary>Only another spec helps, so there is nothing to look at again meanwhile.</summary>
    public bool NeedsNewSpec => this == InvalidSpec;

    /// <summary>The cloud was asked for the set's images and answered, so that this is how things are.</summary>
    public bool IsSeen => this == ImageNotFound || this == AmbiguousImage || this == TooManyImages;

    public override string ToString() => Name;
}
