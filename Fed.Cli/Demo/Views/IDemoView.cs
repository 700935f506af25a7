namespace Fed.Cli.Demo.Views;

/// <summary>Where the demo shows what it does.</summary>
internal interface IDemoView : IAsyncDisposable
{
    /// <summary>A line that stays.</summary>
    void Say(string line);

    /// <summary>Replaces what was shown before.</summary>
    void Show(DemoProgress progress);
}
