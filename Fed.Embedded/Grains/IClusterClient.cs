namespace Orleans;

/// <summary>Calls grains from outside; here in the same process.</summary>
public interface IClusterClient : IGrainFactory
{
    IServiceProvider ServiceProvider { get; }
}
