using Fed.Embedded.Activations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Fed.Embedded.Hosting;

/// <summary>Registers the runtime once, however often <c>UseOrleans</c> is called.</summary>
internal sealed class SiloBuilder : ISiloBuilder
{
    private SiloBuilder(IServiceCollection services, IConfiguration configuration)
    {
        Services = services;
        Configuration = configuration;
        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<EmbeddedSilo>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<EmbeddedSilo>());
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<EmbeddedSilo>().GrainFactory);
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<EmbeddedSilo>().GrainFactory);
        services.AddTransient<IGrainContext>(_ => RuntimeContext.Current
            ?? throw new InvalidOperationException("IGrainContext can be injected only where a grain activates."));
    }

    public IServiceCollection Services { get; }

    public IConfiguration Configuration { get; }

    public static SiloBuilder For(IServiceCollection services, IConfiguration? configuration)
    {
        if (services.FirstOrDefault(d => d.ServiceType == typeof(SiloBuilder))?.ImplementationInstance
            is SiloBuilder existing)
        {
            return existing;
        }
        var builder = new SiloBuilder(services, configuration ?? new ConfigurationBuilder().Build());
        services.AddSingleton(builder);
        return builder;
    }
}
