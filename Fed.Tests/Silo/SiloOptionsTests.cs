using Fed.Silo.Hosting;

namespace Fed.Tests.Silo;

public sealed class SiloOptionsTests
{
    public static TheoryData<string, SiloOptions> Wrong { get; } = new()
    {
        { "port is 70000", new SiloOptions { Port = 70_000 } },
        { "port is -1", new SiloOptions { Port = -1 } },
        { "dataFolder is empty", new SiloOptions { DataFolder = " " } },
        { "minBodyBytesPerSecond is -1", new SiloOptions { MinBodyBytesPerSecond = -1 } },
        { "maxConnections is 1;", new SiloOptions { MaxConnections = 1 } },
        { "maxJsonBytes is 5;", new SiloOptions { MaxJsonBytes = 5 } },
        { "maxBlobBytes is 5;", new SiloOptions { MaxBlobBytes = 5 } },
        { "foldWorkers is 0;", new SiloOptions { FoldWorkers = 0 } },
        { "foldWorkers is 65;", new SiloOptions { FoldWorkers = 65 } },
        { "timeouts.longPoll is 00:01:00", Timeouts(new SiloTimeouts { LongPoll = TimeSpan.FromMinutes(1) }) },
        { "timeouts.work is 00:00:00", Timeouts(new SiloTimeouts { Work = TimeSpan.Zero }) },
        { "timeouts.statusRefresh is 01:00:00", Timeouts(new SiloTimeouts { StatusRefresh = TimeSpan.FromHours(1) }) },
        { "timeouts.shutdown is -00:00:01", Timeouts(new SiloTimeouts { Shutdown = TimeSpan.FromSeconds(-1) }) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_AValueOutOfRange_NamesItAndTheBound(string said, SiloOptions options)
    {
        var error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TheDefaults_ArePossible() => new SiloOptions().Validate();

    private static SiloOptions Timeouts(SiloTimeouts timeouts) => new() { Timeouts = timeouts };
}
