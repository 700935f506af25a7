using System.ComponentModel;
using Azure;
using Fed.Silo.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Persistence.Redis;
using Orleans.Runtime;
using Orleans.Serialization;
using StackExchange.Redis;

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

    [Theory]
    [InlineData("WRONGPASS invalid username-password pair", StorageFault.Denied)]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", StorageFault.Full)]
    [InlineData("MISCONF Errors writing to the AOF file: No space left on device", StorageFault.Failing)]
    [InlineData("READONLY You can't write against a read only replica.", StorageFault.ReadOnly)]
    [InlineData("No connection is active", StorageFault.Away)]
    public void Of_AnErrorOfRedis_GoesByTheCodeInItsText(string text, StorageFault fault)
    {
        Assert.Equal(fault, StorageFaults.Of(new RedisServerException(text)));
        Assert.Equal(fault, StorageFaults.Of(new RedisStorageException($"Failed to write grain state. {text}")));
    }

    [Theory]
    [InlineData(403, StorageFault.Denied)]
    [InlineData(503, StorageFault.Away)]
    public void Of_AnAnswerOfAzure_GoesByItsStatus(int status, StorageFault fault) =>
        Assert.Equal(fault, StorageFaults.Of(new RequestFailedException(status, "no")));

    [Fact]
    public void Exception_SentToAnotherSilo_KeepsItsFault()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var sent = new StorageUnavailableException("state", new IOException("no", 28));

        var came = services.GetRequiredService<DeepCopier>().Copy<Exception>(sent);
        var read = services.GetRequiredService<Serializer>().Deserialize<Exception>(
            services.GetRequiredService<Serializer>().SerializeToArray<Exception>(sent));

        Assert.All(new[] { came, read }, error =>
            Assert.Equal(StorageFault.Full, Assert.IsType<StorageUnavailableException>(error).Fault));
        Assert.Equal("state", read?.Message);
    }

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
