using System.CommandLine;
using System.Net;
using Fed.Cli;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Contracts.Federations;
using Fed.Silo.Hosting;
using Fed.Silo.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using SiloOptions = Fed.Silo.Hosting.SiloOptions;

namespace Fed.Tests.Deploy;

/// <summary>The program's own reading of what a container is told, up to where it would start.</summary>
internal static class ProgramReader
{
    /// <param name="arguments">Those of <c>fed</c>.</param>
    /// <param name="address">One of this machine, in place of the container's own.</param>
    public static async Task<ReadSilo> SiloAsync(
        IReadOnlyList<string> arguments, ContainerEnvironment environment, IPAddress address)
    {
        SiloOptions? options = null;
        var fed = new Command("fed")
        {
            SiloCommand.Create(
                (given, _, _) =>
                {
                    options = given;
                    return Task.FromResult(ExitCode.Success);
                },
                environment.Get),
        };
        var parsed = fed.Parse(arguments);
        Assert.Empty(CommandLine.Complaints(parsed));
        await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false });

        var configuration = new ConfigurationBuilder().Add(environment).Build();
        var names = ClusterNames.Read(configuration, environment.Get);
        var ports = OrleansPorts.Choose(configuration, names.Pod);
        var providers = SiloProviders.Read(configuration);
        providers.Check(options!);

        // All the rest is read when a silo is put together; where it runs is not read from this process' environment.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Fed.Silo" });
        builder.WebHost.UseKestrelCore();
        ((IConfigurationBuilder)builder.Configuration).Add(environment);
        builder.Configuration.AddInMemoryCollection([new(OrleansPorts.AddressKey, $"{address}")]);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.AddFedSilo(options!);
        await using var app = builder.Build();
        _ = app.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value;
        _ = app.Services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        _ = app.Services.GetRequiredService<IOptions<LoggerFilterOptions>>().Value;
        return new ReadSilo(
            options!,
            ports,
            providers,
            new TelemetryOptions().Read(configuration),
            [.. app.Services.GetRequiredService<FederationFiles>().All.Select(each => each.Settings)]);
    }

    /// <param name="arguments">Those of <c>fed</c>.</param>
    public static async Task<ParticipantOptions> ParticipantAsync(IReadOnlyList<string> arguments)
    {
        ParticipantOptions? options = null;
        var fed = new Command("fed")
        {
            JoinCommand.Create((given, _, _) =>
            {
                options = given;
                return Task.CompletedTask;
            }),
        };
        var parsed = fed.Parse(arguments);
        Assert.Empty(CommandLine.Complaints(parsed));
        Assert.Equal(ExitCode.Success, await parsed.InvokeAsync());
        Assert.NotNull(options);
        return options;
    }
}

/// <summary>What a silo would start with.</summary>
internal sealed record ReadSilo(
    SiloOptions Options,
    OrleansPorts Ports,
    SiloProviders Providers,
    TelemetryOptions Telemetry,
    FederationSettings[] Federations);
