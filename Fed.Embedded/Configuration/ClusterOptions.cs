namespace Orleans.Configuration;

/// <summary>Names of the service and the cluster. One process is always a cluster of one.</summary>
public class ClusterOptions
{
    public string ClusterId { get; set; } = "dev";

    public string ServiceId { get; set; } = "dev";
}
