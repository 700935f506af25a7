using System.ComponentModel;
using Fed.Silo.Storage;
using Microsoft.Data.Sqlite;
using Orleans.Runtime;

namespace Fed.Tests.Silo.Storage;

public sealed class StorageFaultsTests
{
    [Theory]
    [InlineData(28, StorageFault.Full)]
    [InlineData(30, StorageFault.ReadOnly)]
    [InlineData(13, StorageFault.Denied)]
    [InlineData(5, StorageFault.Failing)]
    [InlineData(2, StorageFault.Away)]
    public void Of_AnErrorOfTheSystem_IsTheSameFromDotNetAndFromLibc(int errno, StorageFault fault)
    {
        if (OperatingSystem.IsWindows())
            return;

        Assert.Equal(fault, StorageFaults.Of(new IOException("no", errno)));
        Assert.Equal(fault, StorageFaults.Of(new IOException("no", new Win32Exception(errno))));
    }

    [Theory]
    [InlineData(13, StorageFault.Full)]
    [InlineData(8, StorageFault.ReadOnly)]
    [InlineData(3, StorageFault.Denied)]
    [InlineData(10, StorageFault.Failing)]
    [InlineData(5, StorageFault.Locked)]
    [InlineData(11, StorageFault.Damaged)]
    [InlineData(14, StorageFault.Away)]
    public void Of_AnErrorOfSqlite_GoesByItsPrimaryCode(int code, StorageFault fault) =>
        Assert.Equal(fault, StorageFaults.Of(new SqliteException("no", code)));

    [Fact]
    public void Of_AFullDevice_IsFull()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);

        var error = Assert.Throws<IOException>(() => full.Write([1]));

        Assert.Equal(StorageFault.Full, StorageFaults.Of(error));
    }

    [Fact]
    public void Find_WithinWhatARuntimeMadeOfIt_IsTheFaultOfStorage()
    {
        var storage = new StorageUnavailableException("state", new SqliteException("full", 13));

        var found = StorageUnavailableException.Find(new OrleansException("Error from storage provider", storage));

        Assert.Same(storage, found);
        Assert.Equal(StorageFault.Full, found!.Fault);
        Assert.Null(StorageUnavailableException.Find(new OrleansException("moved", new TimeoutException())));
    }
}
