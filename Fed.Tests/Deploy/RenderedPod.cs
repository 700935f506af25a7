using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Fed.Tests.Silo.Azure;
using Fed.Tests.Silo.Clients;

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
        Environment = new ContainerEnvironment(render.Container.List("env").ToDictionary(
            each => each.Text("name")!,
            each => Inside(each.Text("value") ?? LookUp(each.At("valueFrom")))), inPod: true);
    }

    /// <summary>In place of the container's.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("fed-pod-test-").FullName;

    /// <summary>One of this machine, that no other test listens on.</summary>
    public IPAddress Address { get; } = IPAddress.Parse("127.0.0.77");

    public List<string> Arguments { get; }

    public ContainerEnvironment Environment { get; }

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
