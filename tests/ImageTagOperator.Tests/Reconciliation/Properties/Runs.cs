using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>How often, and from where. PROPERTY_SEED=n (or =random) and PROPERTY_RUNS=n search where the usual run does not; what a run
/// that fails prints as its seed, as in PROPERTY_SEED=n,m, plays it again, and PROPERTY_SEED=n,m,size only its failing step.</summary>
internal static class Runs
{
    private const ulong UsualSeed = 20260101;

    public static void Check(Arbitrary<Story> stories, int usual, Func<Story, Task> holds) =>
        FsCheck.Check.One(Configuration(usual), Prop.ForAll(stories, holds));

    public static Config Configuration(int usual)
    {
        var runs = Environment.GetEnvironmentVariable("PROPERTY_RUNS") is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
        var config = Config.QuickThrowOnFailure.WithMaxTest(runs).WithQuietOnSuccess(true);
        return Environment.GetEnvironmentVariable("PROPERTY_SEED") == "random" ? config
            : config.WithReplay(FSharpOption<Replay>.Some(new Replay(Seed(), Size())));
    }

    private static FSharpOption<int> Size() => Environment.GetEnvironmentVariable("PROPERTY_SEED")?.Split(',') is [_, _, var size]
        ? FSharpOption<int>.Some(int.Parse(size, CultureInfo.InvariantCulture)) : FSharpOption<int>.None;

    private static Rnd Seed() => Environment.GetEnvironmentVariable("PROPERTY_SEED")?.Split(',') switch
    {
        [{ Length: > 0 } one] => new Rnd(ulong.Parse(one, CultureInfo.InvariantCulture)),
        [var seed, var gamma, ..] => new Rnd(
            ulong.Parse(seed, CultureInfo.InvariantCulture), ulong.Parse(gamma, CultureInfo.InvariantCulture)),
        _ => new Rnd(UsualSeed),
    };
}
