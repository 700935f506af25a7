using System.Net;
using Fed.Client;
using Fed.Grains.Federations;
using Fed.Silo.Hosting;
using Fed.Training;
using Microsoft.Extensions.Configuration;

namespace Fed.Tests.Deploy;

/// <summary>
/// What the charts say to the program, said to the program: its own command line and options read the arguments, the
/// variables and the files of the rendered pods, and everything that is said must have been read.
/// </summary>
public sealed class ChartProgramTests
{
    [HelmTheory]
    [MemberData(nameof(Charts.OfSilos), MemberType = typeof(Charts))]
    public async Task Silo_OfAnyValues_TakesArgumentsVariablesAndFiles(string set)
    {
        using var pod = new RenderedPod(await Charts.GetAsync(Charts.Silos, set));

        var read = await ReadAsync(pod);

        Assert.Empty(pod.Environment.Unread);
        Assert.Equal(pod.Port("http"), read.Options.Port);
        Assert.Equal(pod.FindPort("metrics"), read.Telemetry.Listen?.Port);
        Assert.Equal(pod.FindPort("orleans") ?? 0, read.Ports.Gateway);
        Assert.Equal(set != "minimal", read.Providers.IsShared);
        if (read.Providers.IsShared)
            Assert.Equal(pod.Port("silo"), read.Ports.Silo);
        Assert.Equal(set == "minimal" ? IPAddress.Loopback : pod.Address, read.Ports.Address);
        Assert.True(pod.MayWrite(read.Options.DataFolder));
        Assert.True(read.Options.AzureBlobs is not null || pod.MayWrite(read.Options.Blobs.Root));
        // From a Secret, or where silos can make them.
        Assert.True(pod.Holds(read.Options.Keys));
        Assert.Equal(read.Providers.IsShared, read.Options.KeyFolder is not null);
        Assert.Equal(set is "azure" or "minimal" ? ["codecs"] : [], read.Federations.Select(each => each.Name));
        Assert.All(read.Federations, SettingsValidator.Validate);
        Assert.All(read.Federations, each => ModelSpecification.Parse(each.Model));
    }

    /// <summary>SIGKILL comes after the silo's own stop, and a start may wait for storage.</summary>
    [HelmTheory]
    [MemberData(nameof(Charts.OfSilos), MemberType = typeof(Charts))]
    public async Task Silo_OfAnyValues_IsGivenTheTimeThatItTakes(string set)
    {
        var render = await Charts.GetAsync(Charts.Silos, set);
        using var pod = new RenderedPod(render);

        var timeouts = new SiloTimeouts().Read(new ConfigurationBuilder().Add(pod.Environment).Build());

        var grace = (int)render.Pod.At("spec/terminationGracePeriodSeconds");
        var sleep = (int)render.Container.At("lifecycle/preStop/sleep/seconds");
        var startup = render.Container.At("startupProbe");
        var start = (int)startup.At("periodSeconds") * (int)startup.At("failureThreshold");
        Assert.InRange(grace, sleep + timeouts.Stop.TotalSeconds + 1, sleep + timeouts.Stop.TotalSeconds + 10);
        Assert.InRange(start, timeouts.StorageStart.TotalSeconds + 30, timeouts.StorageStart.TotalSeconds + 90);
        Assert.Equal("/healthz", render.Container.Text("readinessProbe/httpGet/path"));
        Assert.Equal("/livez", render.Container.Text("livenessProbe/httpGet/path"));
    }

    [HelmTheory]
    [InlineData("stop", "00:10:00", true)]
    [InlineData("stop", "00:10:01", false)]
    [InlineData("storageStart", "00:00:01", true)]
    [InlineData("storageStart", "00:00:00", false)]
    [InlineData("shutdown", "00:05:01", false)]
    [InlineData("work", "00:05:00", true)]
    [InlineData("work", "01:00:00", false)]
    [InlineData("longPoll", "00:00:25", true)]
    [InlineData("longPoll", "00:00:26", false)]
    [InlineData("statusRefresh", "00:01:00", true)]
    [InlineData("statusRefresh", "00:01:01", false)]
    public async Task Timeout_AtItsBound_IsTakenByTheChartAsByTheProgram(string name, string value, bool taken)
    {
        var (code, _, errors) = await Helm.RunAsync(
            "template", Charts.Release, Charts.PathOf(Charts.Silos), "--set-string", $"silo.timeouts.{name}={value}");

        var error = Record.Exception(() => new SiloTimeouts().Read(new ConfigurationBuilder()
            .AddInMemoryCollection([new($"{SiloTimeouts.Section}:{name}", value)])
            .Build()));
        Assert.Equal(taken, error is null);
        Assert.True(taken == (code == 0), errors);
    }

    /// <summary>The check above, which would be worth nothing if it took anything.</summary>
    [HelmTheory]
    [InlineData("FED_BLOBS", "FED_BLOB")]
    [InlineData("FED_Orleans__Endpoints__SiloPort", "FED_Orleans__Endpoint__SiloPort")]
    [InlineData("FED_Orleans__Membership__MaxJoinAttemptTime", "FED_Orleans__Membership__MaxJoinTime")]
    [InlineData("FED_GrainCollection__CollectionAge", "FED_GrainCollection__Age")]
    [InlineData("FED_Timeouts__Stop", "FED_Timeout__Stop")]
    [InlineData("FED_Timeouts__Stop", "FED_Timeouts__Stops")]
    [InlineData("FED_Providers__Redis__ConnectionString", "FED_Providers__Redis__Connection")]
    [InlineData("FED_Telemetry__Listen", "FED_Telemetry__Address")]
    [InlineData("FED_Logging__LogLevel__Orleans", "FED_Log__LogLevel__Orleans")]
    [InlineData("FED_Orleans__Tls__Key", "FED_Orleans__Tls__PrivateKey")]
    [InlineData("POD_IP", "POD_ADDRESS")]
    [InlineData("DOTNET_gcServer", "DOTNET_ServerGC")]
    public async Task Variable_ThatTheProgramDoesNotKnow_IsFound(string right, string wrong)
    {
        using var pod = new RenderedPod(await Charts.GetAsync(Charts.Silos, "hardened"));
        pod.Environment.Rename(right, wrong);

        var error = await Record.ExceptionAsync(() => ReadAsync(pod));

        Assert.True(error is ArgumentException || pod.Environment.Unread.Contains(wrong), $"{error}");
    }

    [HelmFact]
    public async Task Argument_ThatTheProgramDoesNotKnow_IsFound()
    {
        using var pod = new RenderedPod(await Charts.GetAsync(Charts.Silos, "hardened"));
        pod.Arguments[^1] += "s";
        pod.Arguments.Add("--blob");

        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(pod));
    }

    [HelmTheory]
    [InlineData("https", "fed.example.org", 0, "codecs/h264")]
    [InlineData("orleans", null, 2, "codecs/av1 audio/aac")]
    [InlineData("numbers", null, 1, "2/3e3")]
    public async Task Participant_OfAnyValues_TakesItsArguments(
        string set, string? server, int gateways, string federations)
    {
        using var pod = new RenderedPod(await Charts.GetAsync(Charts.Participant, set));
        var options = await ProgramReader.ParticipantAsync(pod.Arguments);

        Assert.Empty(pod.Environment.Unread);
        Assert.Equal(server, options.Server?.Host);
        Assert.Equal(gateways, options.Gateways.All.Count);
        Assert.Equal(gateways > 0, options.Tls is not null);
        Assert.Equal(
            federations,
            string.Join(' ', options.Memberships.Select(each => $"{each.Federation}/{each.Cluster}")));
        Assert.Equal(set == "orleans", options.SharesLabels);
        Assert.Equal(set == "orleans", options.SharesFeatures);
        Assert.True(pod.Holds(options.DataDirectory) && !pod.MayWrite(options.DataDirectory));
        Assert.True(pod.MayWrite(options.StateDirectory));
    }

    /// <summary>Another try after these would end in the same way.</summary>
    [HelmFact]
    public async Task Job_OfAParticipant_EndsAtOnceByTheCodesThatAreFinal()
    {
        var job = (await Charts.GetAsync(Charts.Participant, "https")).Only("Job");

        var final = job.List("spec/podFailurePolicy/rules").Single(rule => rule.Text("action") == "FailJob");
        Assert.Equal(
            [ExitCode.Usage, ExitCode.Refused],
            final.List("onExitCodes/values").Select(value => (int)value));
        Assert.Equal(job.Text("spec/template/spec/containers/0/name"), final.Text("onExitCodes/containerName"));
    }

    private static Task<ReadSilo> ReadAsync(RenderedPod pod) =>
        ProgramReader.SiloAsync(pod.Arguments, pod.Environment, pod.Address);
}
