using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox;

/// <summary>Rules that inject faults into matching calls. The first rule that matches is used. Safe for concurrent use.</summary>
public sealed class FaultInjector
{
    private sealed class Rule(string method, Regex target, Fault fault, int times)
    {
        public string Method => method;
        public Regex Target => target;
        public Fault Fault => fault;
        public int Left { get; set; } = times;
    }

    private readonly Lock gate = new();
    private readonly List<Rule> rules = [];

    /// <summary>Called before the rules; when it returns null, the rules decide.</summary>
    public Func<Call, Fault?>? Decide { get; set; }

    /// <summary>Applies <paramref name="fault"/> to the next <paramref name="times"/> calls of <paramref name="method"/> (or <c>*</c>)
    /// whose path and query match the glob <paramref name="target"/>. Dispose the result to remove the rule.</summary>
    public IDisposable Add(string method, string target, Fault fault, int times = int.MaxValue)
    {
        var rule = new Rule(method, Glob.ToRegex(target), fault, times);
        lock (gate) rules.Add(rule);
        return new Removal(() =>
        {
            lock (gate) rules.Remove(rule);
        });
    }

    public void Clear()
    {
        lock (gate) rules.Clear();
    }

    internal Fault? Take(Call call)
    {
        if (Decide?.Invoke(call) is { } decided) return decided;
        lock (gate)
        {
            var rule = rules.Find(r => r.Left > 0 && (r.Method == "*" || r.Method == call.Method) && r.Target.IsMatch(call.Target));
            if (rule is null) return null;
            rule.Left--;
            return rule.Fault;
        }
    }

    private sealed class Removal(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
