namespace System.Runtime.CompilerServices;

/// <summary>Read by the runtime, by name: lets generated references implement internal grain interfaces.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
