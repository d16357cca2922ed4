using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ImageTagOperator.Kubernetes.Yaml;

/// <summary>Limits the nesting depth. Nodes are read recursively, and a stack overflow ends the process.</summary>
internal sealed class ShallowParser(IParser inner) : IParser
{
    private const int MaxDepth = 100;

    private int depth;

    public ParsingEvent? Current => inner.Current;

    public bool MoveNext()
    {
        var moved = inner.MoveNext();
        if (moved) depth += inner.Current!.NestingIncrease;
        return depth <= MaxDepth ? moved : throw new YamlException(inner.Current!.Start, inner.Current.End, "nested too deep");
    }
}
