namespace Fed.Bench.Fold;

/// <summary>Runs a body on some threads at once, and waits for all.</summary>
internal static class Threads
{
    public static void Run(int count, Action<int> body)
    {
        var others = Enumerable.Range(1, count - 1).Select(i => new Thread(() => body(i))).ToArray();
        foreach (var other in others)
            other.Start();
        body(0);
        foreach (var other in others)
            other.Join();
    }
}
