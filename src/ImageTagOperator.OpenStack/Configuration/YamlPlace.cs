namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>Where something stands.</summary>
/// <param name="File">In the words of messages: a path, the key of a Secret.</param>
/// <param name="Line">From 1 on; 0 where there are no lines.</param>
internal readonly record struct YamlPlace(string File, long Line, long Column);
