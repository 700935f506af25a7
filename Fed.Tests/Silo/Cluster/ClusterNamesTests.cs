using System.Net;
using Fed.Silo.Hosting;
using Microsoft.Extensions.Configuration;

namespace Fed.Tests.Silo.Cluster;

/// <summary>Whose state it is and which silos are one cluster, in a pod and outside.</summary>
public sealed class ClusterNamesTests
{
    private static readonly Dictionary<string, string?> s_pod = new()
    {
        ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1",
        ["POD_NAME"] = "fed-0",
        ["POD_NAMESPACE"] = "media",
        ["POD_IP"] = "10.1.2.3",
        ["ORLEANS_SERVICE_ID"] = "house",
        ["ORLEANS_CLUSTER_ID"] = "blue",
    };

    [Fact]
    public void Read_OfNothing_IsTheDefault() => Assert.Equal(new("fedhier", "fedhier", null), Read([]));

    [Fact]
    public void Read_InAPod_TakesItsLabelsAndAddress() =>
        Assert.Equal(new("house", "blue", IPAddress.Parse("10.1.2.3")), Read(s_pod));

    [Theory]
    [InlineData("POD_IP", "Pod's", "POD_IP is 'Pod's'")]
    [InlineData("POD_NAMESPACE", null, "POD_NAMESPACE")]
    public void Read_InAPodThatDoesNotSayWhere_NamesTheVariable(string name, string? value, string said)
    {
        var error = Assert.Throws<ArgumentException>(() => Read(new(s_pod) { [name] = value }));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("House")]
    [InlineData("a--b")]
    [InlineData("a/b")]
    public void Read_ANameThatIsNoNameOfAContainer_IsRefused(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => Read([], ("Orleans:ServiceId", name)));

        Assert.StartsWith($"FED_Orleans__ServiceId is '{name}'; ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ANameThatIsNotThePods_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => Read(s_pod, ("Orleans:ClusterId", "green")));

        Assert.Equal(
            "FED_Orleans__ClusterId is 'green', and the pod says 'blue'; leave one of them out", error.Message);
    }

    private static ClusterNames Read(
        Dictionary<string, string?> environment, params (string Key, string Value)[] settings) => ClusterNames.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Key, (string?)each.Value)))
            .Build(),
        environment.GetValueOrDefault);
}
