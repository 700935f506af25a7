using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fed.Tests.Silo.Azure;
using Fed.Tests.Silo.Sqlite;

namespace Fed.Tests.Deploy;

/// <summary>deploy/compose.yaml: what it says is possible, there, and lets nobody in.</summary>
public sealed partial class ComposeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ComposeFact]
    public async Task File_HeldAgainstTheSpecification_IsValid() =>
        Assert.Empty(await ComposeProject.CheckAsync(ComposeProject.Path));

    /// <summary>The check above, which would be worth nothing if it took anything.</summary>
    [ComposeFact]
    public async Task File_WithAMistake_IsSaidToHaveIt()
    {
        (string Right, string Wrong)[] mistakes =
        [
            ("read_only: true", "readonly: true"),
            ("condition: service_healthy", "condition: service_health"),
            ("start_interval: 3s", "start_intervals: 3s"),
            ("target: silo", "stage: silo"),
            ("cap_drop: [ALL]", "cap_drop: ALL"),
            ("127.0.0.1:8080:8080", "8080:8080"),
        ];
        var text = await File.ReadAllTextAsync(ComposeProject.Path);
        var files = mistakes.Select((mistake, index) =>
        {
            Assert.Contains(mistake.Right, text, StringComparison.Ordinal);
            var file = _folder.File($"{index}.yaml");
            File.WriteAllText(file, text.Replace(mistake.Right, mistake.Wrong, StringComparison.Ordinal));
            return file;
        }).ToArray();

        var said = await ComposeProject.CheckAsync(files);

        Assert.All(files, file => Assert.NotEmpty(said[file]));
    }

    [ComposeFact]
    public async Task Images_OfTheRepository_AreThoseOfTheDockerfile()
    {
        var dockerfile = await File.ReadAllTextAsync(Repository.PathOf("deploy", "Dockerfile"));
        var properties = await File.ReadAllTextAsync(Repository.PathOf("Directory.Build.props"));
        var version = Version().Match(properties).Groups[1];
        var entry = Entry().Match(dockerfile).Groups[1].Value;
        var ours = (await ComposeProject.ServicesAsync()).Values.Where(service => service.Target is not null).ToArray();

        Assert.Equal(3, ours.Count(service => service.IsSilo));
        Assert.Contains(ours, service => service.IsParticipant);
        Assert.All(ours, service =>
        {
            Assert.Contains($" AS {service.Target}\n", dockerfile, StringComparison.Ordinal);
            Assert.Contains($"--target {service.Target} -t {service.Image} .", dockerfile, StringComparison.Ordinal);
            Assert.EndsWith($":{version}", service.Image, StringComparison.Ordinal);
            Assert.Equal(
                Repository.Root, Path.GetFullPath(service.Says.Text("build/context")!, Repository.PathOf("deploy")));
            Assert.True(File.Exists(Repository.PathOf(service.Says.Text("build/dockerfile")!)));
            Assert.Equal(
                JsonNode.Parse(entry)!.AsArray().Select(word => (string)word!),
                service.Words[..2]);
        });
    }

    [ComposeFact]
    public async Task Images_OfOthers_AreThoseThatTheRepositoryNames()
    {
        var services = await ComposeProject.ServicesAsync();
        var tools = await File.ReadAllTextAsync(Repository.PathOf("deploy", "test-tools.sh"));
        var grafana = await File.ReadAllTextAsync(Repository.PathOf("deploy", "grafana", "README.md"));

        Assert.All(services.Values, service => Assert.Matches(@":v?\d+\.\d+\.\d+$", service.Image));
        Assert.Contains($"azurite={Tag("azurite")[..^".0".Length]}\n", tools, StringComparison.Ordinal);
        Assert.Contains(services["grafana"].Image, grafana, StringComparison.Ordinal);

        string Tag(string name) => services[name].Image.Split(':')[1];
    }

    [ComposeFact]
    public async Task Mounts_OfEveryService_AreThere()
    {
        var services = await ComposeProject.ServicesAsync();
        var mounts = services.Values.SelectMany(service => service.Mounts).ToLookup(mount => mount.IsVolume);

        Assert.All(mounts[false], mount =>
        {
            Assert.True(Path.Exists(mount.Source), mount.Source);
            Assert.True(mount.IsReadOnly, mount.Source);
        });
        Assert.Equal(
            (await ComposeProject.ReadAsync()).At("volumes").AsObject().Select(each => each.Key).Order(),
            mounts[true].Select(mount => mount.Source).Distinct().Order());
    }

    [ComposeFact]
    public async Task Containers_OfEveryService_RunAsNobodyInParticular() =>
        Assert.All((await ComposeProject.ServicesAsync()).Values, service =>
        {
            Assert.True((bool?)service.Says.Find("read_only"), service.Name);
            Assert.Matches("^[1-9][0-9]*$", service.Says.Text("user"));
            Assert.Equal(["ALL"], service.Says.List("cap_drop").Select(each => (string)each!));
            Assert.Equal(["no-new-privileges:true"], service.Says.List("security_opt").Select(each => (string)each!));
            Assert.Contains("/tmp", service.Temporary);
            Assert.All(service.Says.List("ports"), port =>
                Assert.StartsWith("127.0.0.1:", (string)port!, StringComparison.Ordinal));
            Assert.Null(service.Says.Find("privileged") ?? service.Says.Find("cap_add"));
        });

    /// <summary>Whose ports ask nobody who he is.</summary>
    [ComposeFact]
    public async Task NetworkOfTheCluster_HasSilosAndTheirStorageOnly()
    {
        var inside = (await ComposeProject.ServicesAsync()).Values
            .Where(service => service.Networks.Contains("cluster")).ToArray();

        Assert.True((bool?)(await ComposeProject.ReadAsync()).Find("networks/cluster/internal"));
        Assert.All(inside, service => Assert.True(service.IsSilo || service.Name == "azurite", service.Name));
        Assert.Equal(["cluster"], inside.Single(service => service.Name == "azurite").Networks);
    }

    [ComposeFact]
    public async Task DependsOn_OfEveryService_WaitsForAHealthCheckThatThereIs()
    {
        var services = await ComposeProject.ServicesAsync();
        var silos = services.Values.Where(service => service.IsSilo).Select(service => service.Name).ToArray();

        Assert.All(services.Values.Where(service => service.IsSilo), service =>
            Assert.Equal(["azurite"], WaitsOf(service)));
        Assert.All(services.Values.Where(service => service.IsParticipant), service =>
            Assert.Equal(silos, WaitsOf(service)));
        // The image of a silo has the command.
        Assert.All(services.Values.SelectMany(WaitsOf), name => Assert.True(
            services[name].IsSilo || services[name].Says.Find("healthcheck/test") is not null, name));

        static string[] WaitsOf(ComposeService service) =>
            [.. (service.Says.Find("depends_on")?.AsObject() ?? []).Select(each =>
            {
                Assert.Equal("service_healthy", each.Value!.Text("condition"));
                return each.Key;
            })];
    }

    [ComposeFact]
    public async Task Key_InTheFile_IsTheOneThatEveryAzuriteHas()
    {
        var keys = Keys().Matches(await File.ReadAllTextAsync(ComposeProject.Path));

        Assert.Equal(AzuriteProcess.Key, Assert.Single(keys).Groups[1].Value);
    }

    [ComposeFact]
    public async Task Prometheus_WatchesEverySiloByTheRulesOfTheRepository()
    {
        var services = await ComposeProject.ServicesAsync();
        var read = await Helm.ReadAsync(
            [
                Text("compose", "prometheus", "compose.yml"),
                Text("alone", "prometheus", "prometheus.yml"),
                Text("grafana", "grafana", "provisioning", "datasources", "prometheus.yaml"),
            ],
            ComposeProject.Installation);
        var (ours, alone) = (read["compose"].All.Single(), read["alone"].All.Single());
        var source = read["grafana"].All.Single().At("datasources/0");

        Assert.Equal(
            services.Values.Where(service => service.IsSilo)
                .Select(service => $"{service.Name}:{service.Environment["FED_Telemetry__Listen"].Split(':')[1]}"),
            ours.List("scrape_configs/0/static_configs/0/targets").Select(each => (string)each!));
        Assert.True(JsonNode.DeepEquals(alone.At("global"), ours.At("global")));
        Assert.True(JsonNode.DeepEquals(alone.At("rule_files"), ours.At("rule_files")));
        Assert.Equal(alone.Text("scrape_configs/0/job_name"), ours.Text("scrape_configs/0/job_name"));
        Assert.Equal(source.Text("jsonData/timeInterval"), ours.Text("global/scrape_interval"));
        Assert.Contains(new Uri(source.Text("url")!).Host, services.Keys);

        static (string, string, bool) Text(string name, params string[] parts) =>
            (name, File.ReadAllText(Repository.PathOf(["deploy", .. parts])), false);
    }

    [ComposeFact]
    public async Task Document_NamesTheFileAndServicesThatThereAre()
    {
        var services = await ComposeProject.ServicesAsync();
        var lines = Lines().Matches(await File.ReadAllTextAsync(Repository.PathOf("docs", "images.md")));

        Assert.True(lines.Count >= 5);
        Assert.All(lines, line =>
        {
            Assert.Equal(ComposeProject.Path, Repository.PathOf(line.Groups[1].Value));
            if (line.Groups[2].Success)
                Assert.Contains(line.Groups[2].Value, services.Keys);
        });
    }

    [GeneratedRegex(@"^docker compose -f (\S+) (?:exec (\S+)|logs --follow (?<2>\S+)|\w+)", RegexOptions.Multiline)]
    private static partial Regex Lines();

    [GeneratedRegex("<Version>(.*)</Version>")]
    private static partial Regex Version();

    [GeneratedRegex("^ENTRYPOINT (.*)$", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex("(?i)(?:key|password|secret|token)=([^;\"\\s]+)")]
    private static partial Regex Keys();
}
