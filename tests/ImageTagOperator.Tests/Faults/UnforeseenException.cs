namespace ImageTagOperator.Tests.Faults;

/// <summary>What nobody could foresee.</summary>
internal sealed class UnforeseenException() : Exception("Nobody knows this message, and it says s3cr3t.");
