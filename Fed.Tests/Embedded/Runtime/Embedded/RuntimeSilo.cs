using Orleans.Hosting;

namespace Fed.Tests.Embedded.Runtime;

/// <summary>What a silo for tests needs beside the common settings: on the embedded runtime, nothing.</summary>
public static class RuntimeSilo
{
    public static void Configure(ISiloBuilder builder) => builder.UseLocalhostClustering();
}
