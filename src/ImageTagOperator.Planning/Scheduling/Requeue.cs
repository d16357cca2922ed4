namespace ImageTagOperator.Planning.Scheduling;

/// <summary>When a set with a problem is reconciled again.</summary>
public enum Requeue
{
    /// <summary>At its interval, but after a minute at most. The operator does not watch Secrets, images or Keystone, so it has to
    /// poll.</summary>
    Soon,

    /// <summary>At its interval: polling more often would not help.</summary>
    AtInterval,

    /// <summary>When its spec is edited: nothing else helps.</summary>
    OnEdit,
}
