namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A clouds.yaml is invalid. The message names the key and the line, never a value of <c>auth</c>.</summary>
public sealed class InvalidCloudsYamlException(string message, Exception? inner = null) : Exception(message, inner);
