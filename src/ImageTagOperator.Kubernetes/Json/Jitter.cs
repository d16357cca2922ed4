using System.Security.Cryptography;

namespace ImageTagOperator.Kubernetes.Json;

/// <summary>The default source of randomness: uniform over 0 to 1, thread-safe.</summary>
public static class Jitter
{
    public static Func<double> Default { get; } = static () => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
}
