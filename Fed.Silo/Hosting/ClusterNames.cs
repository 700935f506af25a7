using System.Net;
using Fed.Contracts.Wire;

namespace Fed.Silo.Hosting;

/// <summary>
/// Which silos are one cluster, and whose state it is: silos with the same names find each other in a membership that
/// they share; state and reminders are found again under the service's name. In a pod of Kubernetes the names are those
/// of its labels, which Orleans' hosting there wants in variables of its own.
/// </summary>
/// <param name="Pod">The address of the pod that the silo runs in; null: in none.</param>
internal sealed record ClusterNames(string Service, string Cluster, IPAddress? Pod)
{
    /// <summary>What Orleans clients expect, too, unless they are told otherwise.</summary>
    public const string Default = WireFormat.Service;

    private const string PodRemedy =
        "set POD_NAME, POD_NAMESPACE and POD_IP from the fields of the pod (docs/operations.md)";

    /// <exception cref="ArgumentException">A name is not possible, or a variable of the pod is missing.</exception>
    public static ClusterNames Read(IConfiguration configuration) =>
        Read(configuration, Environment.GetEnvironmentVariable);

    internal static ClusterNames Read(IConfiguration configuration, Func<string, string?> environment)
    {
        var inPod = environment("KUBERNETES_SERVICE_HOST") is { Length: > 0 }
            && environment("POD_NAME") is { Length: > 0 };
        return new ClusterNames(
            Name(configuration, "Orleans:ServiceId", inPod ? environment("ORLEANS_SERVICE_ID") : null),
            Name(configuration, "Orleans:ClusterId", inPod ? environment("ORLEANS_CLUSTER_ID") : null),
            inPod ? PodAddress(environment) : null);
    }

    private static IPAddress PodAddress(Func<string, string?> environment)
    {
        if (string.IsNullOrEmpty(environment("POD_NAMESPACE")))
            throw new ArgumentException($"POD_NAME is set and POD_NAMESPACE is not; {PodRemedy}");
        return IPAddress.TryParse(environment("POD_IP"), out var address)
            ? address
            : throw new ArgumentException($"POD_IP is '{environment("POD_IP")}', which is no IP address; {PodRemedy}");
    }

    private static string Name(IConfiguration configuration, string key, string? label)
    {
        var name = configuration[key] is { Length: > 0 } given ? given
            : label is { Length: > 0 } ? label : Default;
        if (label is { Length: > 0 } && label != name)
        {
            throw new ArgumentException(
                $"{OrleansPorts.Variable(key)} is '{name}', and the pod says '{label}'; leave one of them out");
        }

        return ClusterName.Require(name, OrleansPorts.Variable(key));
    }
}
