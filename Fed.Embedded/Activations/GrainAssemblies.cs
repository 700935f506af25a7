using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Fed.Embedded.Activations;

/// <summary>
/// Finds the grain classes of the application: in every assembly beside it that refers to this one, loaded or not.
/// </summary>
internal static class GrainAssemblies
{
    private static readonly string s_self = typeof(GrainAssemblies).Assembly.GetName().Name!;

    public static IEnumerable<Type> GrainTypes() => Assemblies()
        .Append(typeof(GrainAssemblies).Assembly)
        .Distinct()
        .SelectMany(assembly => assembly.GetTypes())
        .Where(GrainClass.IsGrainClass);

    private static IEnumerable<Assembly> Assemblies()
    {
        var loaded = AppDomain.CurrentDomain.GetAssemblies().Where(a => !a.IsDynamic).ToArray();
        var names = loaded.Select(a => a.GetName().Name).ToHashSet();
        var deployed = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal)
                && !names.Contains(Path.GetFileNameWithoutExtension(path)) && RefersToSelf(path))
            .Select(path => Assembly.Load(new AssemblyName(Path.GetFileNameWithoutExtension(path))));
        return loaded.Where(a => a.GetReferencedAssemblies().Any(name => name.Name == s_self)).Concat(deployed);
    }

    private static bool RefersToSelf(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        if (!file.HasMetadata)
        {
            return false;
        }
        var metadata = file.GetMetadataReader();
        return metadata.AssemblyReferences.Any(
            handle => metadata.StringComparer.Equals(metadata.GetAssemblyReference(handle).Name, s_self));
    }
}
