namespace Orleans.Providers;

/// <summary>Names of providers that code asks for without naming one.</summary>
public static class ProviderConstants
{
    public const string DEFAULT_STORAGE_PROVIDER_NAME = "Default";
}
