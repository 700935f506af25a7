using Fed.Silo.Hosting;
using Microsoft.Extensions.Configuration;

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
        { "timeouts.stop is 00:11:00", Timeouts(new SiloTimeouts { Stop = TimeSpan.FromMinutes(11) }) },
        { "at least timeouts.shutdown, 00:01:00", Timeouts(new SiloTimeouts { Shutdown = TimeSpan.FromMinutes(1) }) },
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

    [Theory]
    [InlineData("StorageStart", "90", "FED_Timeouts__StorageStart is '90'; give hours, minutes and seconds, ")]
    [InlineData("Stop", "00:00:00.5", "FED_Timeouts__Stop is '00:00:00.5'")]
    [InlineData("Work", "soon", "FED_Timeouts__Work is 'soon'")]
    [InlineData("Start", "00:00:01", "FED_Timeouts__Start is no setting; these are: FED_Timeouts__LongPoll, ")]
    public void Read_AWrongTimeout_NamesItAndTheBound(string name, string value, string said)
    {
        var error = Assert.Throws<ArgumentException>(() => Read((name, value)));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ATimeoutThatIsSet_GoesBeforeTheDefault() => Assert.Equal(
        new SiloTimeouts { StorageStart = TimeSpan.FromMinutes(5), LongPoll = TimeSpan.FromSeconds(2) },
        Read(("StorageStart", "00:05:00"), ("LongPoll", "00:00:02")));

    private static SiloTimeouts Read(params (string Name, string Value)[] settings) => new SiloTimeouts().Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(
                each => KeyValuePair.Create($"Timeouts:{each.Name}", (string?)each.Value)))
            .Build());

    private static SiloOptions Timeouts(SiloTimeouts timeouts) => new() { Timeouts = timeouts };
}
