using Fed.Bench;
using Fed.Tests.MediaQc;

namespace Fed.Tests.Bench;

/// <summary>On films of two seconds; how long it takes is nobody's matter here.</summary>
public sealed class ScanBenchTests
{
    [FfmpegFact]
    public async Task RunAsync_OfMadeFilms_TimesBoth()
    {
        var figures = await new ScanBench(runs: 1).RunAsync(seconds: 2, CancellationToken.None);

        Assert.Equal(2, figures.Count);
        Assert.All(figures, figure =>
        {
            Assert.Equal(2, figure.Seconds, 0.3);
            Assert.Equal(figure.ScanSeconds / figure.NullSeconds, figure.Ratio, 1e-9);
            Assert.True(figure.NullSeconds > 0);
        });
    }
}
