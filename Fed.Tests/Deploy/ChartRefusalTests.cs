namespace Fed.Tests.Deploy;

/// <summary>Values that cannot be right are refused before anything is installed, by name.</summary>
public sealed class ChartRefusalTests
{
    private static readonly string[] s_participant =
    [
        "participant=studio-a", "servers[0]=https://fed.example.org", "federations[0].name=codecs",
        "federations[0].cluster=h264", "data.existingClaim=studio-a",
    ];

    [HelmTheory]
    [InlineData("at '': additional properties 'replica' not allowed", "replica=3")]
    [InlineData("at '/replicas': got string, want integer", "replicas=three")]
    [InlineData("at '/storage/provider': value must be one of 'azure', 'redis', 'local'", "storage.provider=gcs")]
    [InlineData("at '/image/digest': 'latest' does not match pattern", "image.digest=latest")]
    [InlineData("at '/silo/timeouts': additional properties 'start' not allowed", "silo.timeouts.start=00:01:00")]
    [InlineData("at '/silo/timeouts/stop': got number, want string", "silo.timeouts.stop=30")]
    [InlineData("at '/silo/foldWorkers': maximum: got 65, want 64", "silo.foldWorkers=65")]
    [InlineData("at '/silo/throttling': additional properties 'burst' not allowed", "silo.throttling.burst=1")]
    [InlineData(
        "at '/silo/extraEnv/0/name': 'PATH' does not match",
        "silo.extraEnv[0].name=PATH", "silo.extraEnv[0].value=a")]
    [InlineData("at '/orleans/serviceId': 'My_House' does not match pattern", "orleans.serviceId=My_House")]
    [InlineData(
        "at '/ingress/tls': minItems: got 0, want 1",
        "ingress.enabled=true", "ingress.hosts[0]=fed.example.org")]
    [InlineData("at '/httpRoute/parentRefs': minItems: got 0, want 1", "httpRoute.enabled=true")]
    [InlineData(
        "at '/networkPolicy/gatewayFrom/0': additional properties 'from' not allowed",
        "networkPolicy.gatewayFrom[0].from=all")]
    [InlineData("at '/security/user': minimum: got 0, want 1", "security.user=0")]
    [InlineData(
        "at '/monitoring/rules/create': value must be one of 'auto', 'always', 'never'",
        "monitoring.rules.create=yes")]
    [InlineData("storage.provider is local, which serves one silo, and replicas is 3", "storage.provider=local")]
    [InlineData(
        "autoscaling.enabled true: set replicas=1",
        "storage.provider=local", "replicas=1", "autoscaling.enabled=true")]
    [InlineData("autoscaling.minReplicas is 9, above autoscaling.maxReplicas, 6", "autoscaling.minReplicas=9")]
    [InlineData(
        "silo.timeouts.stop is 00:00:05, less than silo.timeouts.shutdown, 00:00:10",
        "silo.timeouts.stop=00:00:05")]
    [InlineData(
        "silo.extraEnv has FED_BLOBS, which the chart sets already",
        "silo.extraEnv[0].name=FED_BLOBS", "silo.extraEnv[0].value=a")]
    [InlineData("give each a port of its own", "metrics.port=11111")]
    [InlineData(
        "there is nothing to scrape; set metrics.enabled=true",
        "metrics.enabled=false", "monitoring.serviceMonitor.create=always")]
    public Task Silos_WithAWrongValue_AreRefused(string said, params string[] values) =>
        ShouldBeRefusedAsync(Charts.Silos, said, values);

    [HelmTheory]
    [InlineData("participant is empty: give the name that the roster has", "participant=")]
    [InlineData("at '/participant': 'Studio_A' does not match pattern", "participant=Studio_A")]
    [InlineData("at '/federations/0': additional properties 'tier' not allowed", "federations[0].tier=h264")]
    [InlineData("data.existingClaim is empty: give the claim of the volume", "data.existingClaim=")]
    [InlineData(
        "servers has 1 addresses and orleans.gateways 1: give one of the two",
        "orleans.gateways[0]=silo:30000")]
    [InlineData("at '/servers/0': 'fed.example.org' does not match pattern '^https?://", "servers[0]=fed.example.org")]
    [InlineData("orleans.tls.existingSecret is for orleans.gateways", "orleans.tls.existingSecret=tls")]
    [InlineData("at '/trainer': value must be one of 'auto', 'torch', 'managed'", "trainer=gpu")]
    [InlineData("at '/patience': minimum: got 0, want 1", "patience=0")]
    public Task Participant_WithAWrongValue_IsRefused(string said, params string[] values) =>
        ShouldBeRefusedAsync(Charts.Participant, said, [.. s_participant, .. values]);

    private static async Task ShouldBeRefusedAsync(string chart, string said, string[] values)
    {
        var (code, output, errors) = await Helm.RunAsync([
            "template", Charts.Release, Charts.PathOf(chart), .. values.SelectMany(each => new[] { "--set", each })]);

        Assert.NotEqual(0, code);
        Assert.Empty(output);
        Assert.Contains(said, errors, StringComparison.Ordinal);
    }
}
