using System.Security.Cryptography;

namespace ImageTagOperator.Kubernetes.Json;

/// <summary>The source of randomness when none is injected: safe for concurrent use, evenly spread over 0 to 1.</summary>
public static class Jitter
{
    public static Func<double> Default { get; } = static () => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
}
