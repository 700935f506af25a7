using System.Security.Cryptography;
using Fed.Training.Torch;

namespace Fed.Tests.Training.Torch;

/// <summary>Finding and loading libtorch, and what is said where that fails.</summary>
public sealed class LibtorchTests : IDisposable
{
    private const string Version = "0.107.0";

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-libtorch-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_ThisMachine_MarksACopyOnlyWhereTheStandardLibraryIsOlder()
    {
        var loaded = Libtorch.Load();

        Assert.Equal(!loaded.StandardLibrary.IsNewEnough, loaded.WeakMark);
        Assert.True(File.Exists(loaded.StandardLibrary.Path), loaded.StandardLibrary.Path);
        Assert.Contains("libstdc++", loaded.StandardLibrary.Path, StringComparison.Ordinal);
        Assert.Same(loaded, Libtorch.Load());
    }

    [Fact]
    public void Load_FilesThatAreLinksIntoThePackageCache_LeavesThemAsTheyWere()
    {
        var binding = Path.Combine(Libtorch.Load().Folder, LibtorchFolder.Binding);
        var copy = File.ReadAllBytes(binding);

        // Not marked on disk: to mark it changes the bytes.
        var before = SHA256.HashData(copy);
        ElfVersions.MarkWeak(copy, StandardLibrary.WantedVersion);
        Assert.NotEqual(before, SHA256.HashData(copy));
    }

    [Fact]
    public void LoadFrom_DamagedLibraries_SaysWhereAndWhy()
    {
        LayOut(_folder);

        var error = Assert.Throws<TorchUnavailableException>(() => Libtorch.LoadFrom(_folder, "/"));

        Assert.StartsWith($"libtorch in {_folder} cannot be loaded: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Find_InAFolderAboveTheProgram_TakesTheNearest()
    {
        var program = Directory.CreateDirectory(Path.Combine(_folder, "artifacts", "bin", "Fed", "release")).FullName;
        var far = LayOut(Path.Combine(_folder, "artifacts", "libtorch", Version));
        Assert.Equal(far, LibtorchFolder.Find(null, program, Version));

        var beside = LayOut(Path.Combine(program, "libtorch", Version));
        Assert.Equal(beside, LibtorchFolder.Find("", program, Version));
        Assert.Equal(far, LibtorchFolder.Find(far, program, Version));
    }

    [Fact]
    public void Find_Nowhere_SaysWhatWasLookedForAndWhatHelps()
    {
        LayOut(Path.Combine(_folder, "libtorch", "0.1.0"));

        var error = Assert.Throws<TorchUnavailableException>(() => LibtorchFolder.Find(null, _folder, Version));

        Assert.Contains(Path.Combine("libtorch", Version), error.Message, StringComparison.Ordinal);
        Assert.Contains(LibtorchFolder.Variable, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_FileMissing_NamesItAndWhoNamedTheFolder()
    {
        LayOut(_folder);
        File.Delete(Path.Combine(_folder, "libc10.so"));

        var error = Assert.Throws<TorchUnavailableException>(() => LibtorchFolder.Find(_folder, "/", Version));

        Assert.Contains($"{_folder} lacks libc10.so; FED_LIBTORCH names", error.Message, StringComparison.Ordinal);
    }

    /// <summary>All files, with nothing in them that could be loaded.</summary>
    private static string LayOut(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in LibtorchFolder.Libraries.Append(LibtorchFolder.Binding))
            File.WriteAllText(Path.Combine(folder, file), "no library");
        return folder;
    }
}
