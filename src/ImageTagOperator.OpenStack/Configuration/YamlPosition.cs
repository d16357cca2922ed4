namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A position in a file.</summary>
/// <param name="File">The name of the file in messages: a path, or the key of a Secret.</param>
/// <param name="Line">The line, starting at 1; 0 where there are no lines.</param>
internal readonly record struct YamlPosition(string File, long Line, long Column);
