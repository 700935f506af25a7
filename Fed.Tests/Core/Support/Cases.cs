using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Fed.Tests.Core.Support;

/// <summary>Properties with an injected seed: the same cases in every run.</summary>
internal static class Cases
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15; // any odd number

    public static void Hold<T>(ulong seed, int runs, Gen<T> cases, Action<T> check)
    {
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(runs)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed, Gamma), FSharpOption<int>.None)));
        Prop.ForAll(cases.ToArbitrary(), check).Check(config);
    }
}
