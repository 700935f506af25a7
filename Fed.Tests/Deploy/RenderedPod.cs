using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Fed.Tests.Silo.Azure;
using Fed.Tests.Silo.Clients;
using Microsoft.Extensions.Configuration;

namespace Fed.Tests.Deploy;

/// <summary>
/// A pod as the kubelet would start it, in a folder in place of the container's root: the files of its ConfigMaps and
/// Secrets are there, and what its variables refer to has been looked up.
/// </summary>
internal sealed class RenderedPod : IDisposable
{
    private readonly Authority _authority = new();
    private readonly Render _render;
    private readonly JsonNode[] _mounts;

    public RenderedPod(Render render)
    {
        _render = render;
        _mounts = [.. render.Container.List("volumeMounts")];
        foreach (var mount in _mounts)
            Fill(Directory.CreateDirectory(Inside(mount.Text("mountPath")!)).FullName, mount.Text("name")!);
        Arguments = [.. render.Container.List("args").Select(each => Inside((string)each!))];
        Environment = new PodEnvironment(render.Container.List("env").ToDictionary(
            each => each.Text("name")!, each => Inside(each.Text("value") ?? LookUp(each.At("valueFrom")))));
    }

    /// <summary>In place of the container's.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("fed-pod-test-").FullName;

    /// <summary>One of this machine, that no other test listens on.</summary>
    public IPAddress Address { get; } = IPAddress.Parse("127.0.0.77");

    public List<string> Arguments { get; }

    public PodEnvironment Environment { get; }

    public int Port(string name) => FindPort(name) ?? throw new InvalidOperationException($"there is no port {name}");

    public int? FindPort(string name) => (int?)_render.Container.List("ports")
        .SingleOrDefault(port => port.Text("name") == name)?.At("containerPort");

    /// <summary>Whether a folder is in a volume.</summary>
    public bool Holds(string folder) => MountOf(folder) is not null;

    public bool MayWrite(string folder) => MountOf(folder) is { } mount && mount.Find("readOnly") is null;

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private JsonNode? MountOf(string folder) => _mounts.SingleOrDefault(mount =>
        $"{folder}/".StartsWith(Inside(mount.Text("mountPath")!) + "/", StringComparison.Ordinal));

    /// <summary>A path of the container in our folder; any other text as it is.</summary>
    private string Inside(string text) =>
        text.StartsWith('/') ? Root + text
        : Socket.OSSupportsIPv6 ? text
        // A machine without IPv6 could not be told to listen there, and refuses to.
        : text.StartsWith("[::]:", StringComparison.Ordinal) ? $"0.0.0.0{text["[::]".Length..]}"
        : text == "::" ? "0.0.0.0"
        : text;

    private void Fill(string folder, string name)
    {
        var volume = _render.Pod.List("spec/volumes").SingleOrDefault(each => each.Text("name") == name);
        if (volume?.Text("configMap/name") is { } map)
        {
            var data = _render.OfKind("ConfigMap").Single(each => each.Text("metadata/name") == map).At("data");
            foreach (var (file, text) in data.AsObject())
                File.WriteAllText(Path.Combine(folder, file), (string)text!);
        }

        // As cert-manager writes them.
        if (name != "tls")
            return;
        var settings = _authority.Settings(
            _render.Container.List("args").Any(each => (string)each! == "join")
                ? _authority.Participant
                : _authority.Silo);
        foreach (var (file, setting) in ((string, string)[])
            [("tls.crt", "Certificate"), ("tls.key", "Key"), ("ca.crt", "Authority")])
            File.Copy(settings[$"Orleans:Tls:{setting}"]!, Path.Combine(folder, file));
    }

    private string LookUp(JsonNode from)
    {
        if (from.Text("secretKeyRef/key") is { } key)
        {
            Assert.NotEmpty(from.Text("secretKeyRef/name")!);
            return key.Contains("onnection", StringComparison.Ordinal) && IsRedis(from)
                ? "redis.media:6380,ssl=true,password=secret"
                : $"AccountName={AzuriteProcess.Account};AccountKey={AzuriteProcess.Key};"
                + "DefaultEndpointsProtocol=https;EndpointSuffix=core.windows.net";
        }

        var labels = _render.Pod.At("metadata/labels").AsObject();
        return from.Text("fieldRef/fieldPath") switch
        {
            "metadata.name" => "fed-0",
            "metadata.namespace" => Charts.Namespace,
            "status.podIP" => $"{Address}",
            "metadata.labels['orleans/serviceId']" => labels["orleans/serviceId"]!.ToString(),
            "metadata.labels['orleans/clusterId']" => labels["orleans/clusterId"]!.ToString(),
            var path => throw new InvalidOperationException($"the kubelet knows no {path}"),
        };
    }

    private static bool IsRedis(JsonNode from) =>
        from.Text("secretKeyRef/name")!.Contains("redis", StringComparison.Ordinal);
}

/// <summary>The variables of a pod, which knows the ones that the program has read.</summary>
internal sealed class PodEnvironment(Dictionary<string, string> variables) : IConfigurationSource
{
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, string> All => variables;

    /// <summary>Those that nobody has asked for, and that are no documented ones of the runtime.</summary>
    public string[] Unread
    {
        get
        {
            var documented = File.ReadAllText(Repository.PathOf("docs", "operations.md"));
            return
            [
                .. variables.Keys.Where(name => !_read.Contains(name)
                    && !(name.StartsWith("DOTNET_", StringComparison.Ordinal)
                        && documented.Contains($"`{name}`", StringComparison.Ordinal))),
            ];
        }
    }

    public string? Get(string name)
    {
        // In every pod, by the kubelet.
        if (name == "KUBERNETES_SERVICE_HOST")
            return "10.0.0.1";
        _read.Add(name);
        return variables.GetValueOrDefault(name);
    }

    public void Rename(string from, string to)
    {
        Assert.True(variables.Remove(from, out var value), $"there is no {from}");
        variables.Add(to, value);
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(this);

    /// <summary>As a silo has them: FED_A__B is A:B, and OpenTelemetry's stand there by their own names.</summary>
    private sealed class Provider : ConfigurationProvider
    {
        private const string Prefix = "FED_";

        private readonly PodEnvironment _environment;
        private readonly Dictionary<string, string> _names;

        public Provider(PodEnvironment environment)
        {
            _environment = environment;
            _names = environment.All.Keys
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)
                    || name.StartsWith("OTEL_", StringComparison.Ordinal))
                .ToDictionary(
                    name => name.StartsWith(Prefix, StringComparison.Ordinal)
                        ? name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal)
                        : name,
                    StringComparer.OrdinalIgnoreCase);
            foreach (var (key, name) in _names)
                Data[key] = environment.All[name];
        }

        public override bool TryGet(string key, out string? value)
        {
            if (_names.TryGetValue(key, out var name))
                _environment._read.Add(name);
            return base.TryGet(key, out value);
        }
    }
}
