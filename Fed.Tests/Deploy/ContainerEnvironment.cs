using Microsoft.Extensions.Configuration;

namespace Fed.Tests.Deploy;

/// <summary>The variables of a container, which knows the ones that the program has read.</summary>
/// <param name="inPod">Kubernetes runs it.</param>
internal sealed class ContainerEnvironment(Dictionary<string, string> variables, bool inPod = false)
    : IConfigurationSource
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
            return inPod ? "10.0.0.1" : null;
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

        private readonly ContainerEnvironment _environment;
        private readonly Dictionary<string, string> _names;

        public Provider(ContainerEnvironment environment)
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
