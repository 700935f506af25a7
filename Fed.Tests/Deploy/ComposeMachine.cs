using System.Net;
using System.Text.RegularExpressions;

namespace Fed.Tests.Deploy;

/// <summary>
/// Where the services of deploy/compose.yaml would run without an engine: each at a loopback address of its own, by
/// which its names are replaced, and with its volumes in a folder.
/// </summary>
internal sealed class ComposeMachine : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fed-compose-test-").FullName;
    private readonly Dictionary<string, IPAddress> _addresses = [];
    private readonly Dictionary<(string Service, string Target), string> _folders = [];
    private readonly Regex _hosts;
    private readonly HashSet<string> _aliases;

    public ComposeMachine(IReadOnlyDictionary<string, ComposeService> services)
    {
        Services = services;
        // Two runs at once have different ones.
        byte[] network = [127, (byte)Random.Shared.Next(1, 255), (byte)Random.Shared.Next(256)];
        foreach (var (index, service) in services.Values.Index())
        {
            var address = new IPAddress([.. network, (byte)(index + 1)]);
            foreach (var name in service.Aliases.Append(service.Name))
                _addresses.Add(name, address);
            foreach (var mount in service.Mounts)
            {
                _folders[(service.Name, mount.Target)] = mount.IsVolume
                    ? Directory.CreateDirectory(Path.Combine(_root, "volumes", mount.Source)).FullName
                    : mount.Source;
            }

            foreach (var target in service.Temporary)
            {
                _folders[(service.Name, target)] =
                    Directory.CreateDirectory(Path.Combine(_root, "temporary", service.Name) + target).FullName;
            }
        }

        _aliases = [.. services.Values.SelectMany(service => service.Aliases)];
        _hosts = new Regex($@"(?<![\w.-])({string.Join('|', _addresses.Keys.Select(Regex.Escape))})(?=:\d)");
    }

    public IReadOnlyDictionary<string, ComposeService> Services { get; }

    public IPAddress AddressOf(string service) => _addresses[service];

    /// <summary>What the service is told, with folders and addresses of this machine.</summary>
    public List<string> WordsOf(ComposeService service) => [.. service.Words.Select(word => Place(service, word))];

    public ContainerEnvironment EnvironmentOf(ComposeService service) =>
        new(service.Environment.ToDictionary(each => each.Key, each => Place(service, each.Value)));

    /// <summary>A folder that is mounted is a copy from now on, in which names are replaced.</summary>
    /// <param name="edit">Changes each of the texts once more.</param>
    public void Copy(ComposeService service, string target, Func<string, string> edit)
    {
        var copy = Directory.CreateDirectory(Path.Combine(_root, "copies", service.Name)).FullName;
        foreach (var file in Directory.GetFiles(_folders[(service.Name, target)]))
        {
            File.WriteAllText(
                Path.Combine(copy, Path.GetFileName(file)), edit(Place(service, File.ReadAllText(file))));
        }

        _folders[(service.Name, target)] = copy;
    }

    public bool MayWrite(ComposeService service, string path) => service.Mounts.Any(mount => !mount.IsReadOnly
        && $"{path}/".StartsWith(_folders[(service.Name, mount.Target)] + "/", StringComparison.Ordinal));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Place(ComposeService service, string text)
    {
        if (_aliases.Contains(text))
            return $"{_addresses[text]}";
        text = _hosts.Replace(text, match => $"{_addresses[match.Value]}")
            .Replace($"{IPAddress.Any}", $"{AddressOf(service.Name)}", StringComparison.Ordinal);
        foreach (var ((_, target), folder) in _folders.Where(each => each.Key.Service == service.Name))
        {
            var placed = Regex.Replace(text, $"(?<=^|=){Regex.Escape(target)}(?=/|$)", folder.Replace("$", "$$"));
            // What is placed must not be placed again: a folder of this machine may begin as one of the container.
            if (placed != text)
                return placed;
        }

        return text;
    }
}
