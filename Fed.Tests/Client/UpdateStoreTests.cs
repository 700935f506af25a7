using System.Text;
using Fed.Client.Agent;

namespace Fed.Tests.Client;

public sealed class UpdateStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-client-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Keep_ThenOpenAgain_HasTheVerySameBytesAndNumber()
    {
        var kept = UpdateStore.Open(_folder).Keep(3, version: 9, Bytes("delta"));

        var again = UpdateStore.Open(_folder);

        Assert.Equal(kept, again.Ledger.Pending);
        Assert.Equal("delta", File.ReadAllText(again.PendingFile));
    }

    [Fact]
    public void Accept_ThenOpenAgain_RemembersTheNumberAndKeepsNoBytes()
    {
        var store = UpdateStore.Open(_folder);
        store.Keep(3, version: 9, Bytes("delta"));

        store.Accept();

        Assert.Equal(new ContributionLedger(3, null), UpdateStore.Open(_folder).Ledger);
        Assert.Equal(["ledger.json"], Files());
    }

    [Fact]
    public void Drop_ThenOpenAgain_HasForgottenTheUpdateOnly()
    {
        var store = UpdateStore.Open(_folder);
        store.Keep(3, version: 9, Bytes("first"));
        store.Accept();
        store.Keep(4, version: 11, Bytes("second"));

        store.Drop();

        Assert.Equal(new ContributionLedger(3, null), UpdateStore.Open(_folder).Ledger);
    }

    [Fact]
    public void Renumber_KeepsTheBytes()
    {
        var store = UpdateStore.Open(_folder);
        store.Keep(7, version: 9, Bytes("delta"));

        store.Renumber(2);

        var again = UpdateStore.Open(_folder);
        Assert.Equal(2, again.Ledger.Pending!.Sequence);
        Assert.Equal("delta", File.ReadAllText(again.PendingFile));
    }

    [Fact]
    public void Keep_KilledWhileEncoding_LeavesTheStoreAsItWas()
    {
        var store = UpdateStore.Open(_folder);
        store.Keep(1, version: 0, Bytes("first"));
        store.Accept();

        Assert.Throws<IOException>(() => store.Keep(2, version: 1, stream =>
        {
            stream.Write("half of"u8);
            throw new IOException("killed here");
        }));

        Assert.Equal(new ContributionLedger(1, null), UpdateStore.Open(_folder).Ledger);
        Assert.Equal(["ledger.json"], Files());
    }

    [Fact]
    public void Open_AfterAKillBetweenBytesAndLedger_DropsBytesThatNobodyNames()
    {
        UpdateStore.Open(_folder).Keep(1, version: 0, Bytes("named"));
        File.WriteAllText(Path.Combine(_folder, new string('a', 64) + ".fedb"), "not named yet");
        File.WriteAllText(Path.Combine(_folder, "ledger.json.unfinished"), "{");

        var store = UpdateStore.Open(_folder);

        Assert.Equal("named", File.ReadAllText(store.PendingFile));
        Assert.Equal(2, Files().Length);
    }

    [Fact]
    public void Open_WithBytesThatWereAltered_DoesNotSendThem()
    {
        var store = UpdateStore.Open(_folder);
        store.Keep(5, version: 9, Bytes("delta"));
        File.AppendAllText(store.PendingFile, "!");

        Assert.Null(UpdateStore.Open(_folder).Ledger.Pending);
    }

    [Fact]
    public void Open_WithALedgerThatIsNone_SetsItAsideAndStartsAfresh()
    {
        File.WriteAllText(Path.Combine(_folder, "ledger.json"), "{\"lastAcc");

        Assert.Equal(new ContributionLedger(0, null), UpdateStore.Open(_folder).Ledger);
        Assert.Equal(["ledger.json.damaged"], Files());
    }

    private static Action<Stream> Bytes(string text) => stream => stream.Write(Encoding.UTF8.GetBytes(text));

    private string[] Files() =>
        [.. Directory.GetFiles(_folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
}
