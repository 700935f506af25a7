using Fed.Client.Agent;

namespace Fed.Tests.Client;

/// <summary>The residual of error feedback: in force with a receipt, bound to what it belongs to, never half
/// there.</summary>
public sealed class ResidualTests : IDisposable
{
    private static readonly ResidualBinding Binding = new("house-a", "codecs", new string('a', 64), "topk");
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-client-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Accept_BringsItIntoForce_AcrossRestarts()
    {
        var store = UpdateStore.Open(_folder);
        Keep(store, 1, [1f, -2f]);
        Assert.Null(store.ResidualFile());

        UpdateStore.Open(_folder).Accept();

        Assert.Equal([1f, -2f], Read(UpdateStore.Open(_folder)));
    }

    [Fact]
    public void Drop_KeepsTheOneBefore()
    {
        var store = UpdateStore.Open(_folder);
        Keep(store, 1, [1f, -2f]);
        store.Accept();
        Keep(store, 2, [5f, 6f]);

        store.Drop();

        Assert.Equal([1f, -2f], Read(UpdateStore.Open(_folder)));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Keep_KilledWhileWritingIt_LeavesTheStoreAsItWas()
    {
        var store = UpdateStore.Open(_folder);
        Keep(store, 1, [1f, -2f]);
        store.Accept();

        Assert.Throws<IOException>(() => store.Keep(2, 1, stream => stream.WriteByte(2), stream =>
        {
            stream.WriteByte(7);
            throw new IOException("killed here");
        }));

        var again = UpdateStore.Open(_folder);
        Assert.Null(again.Ledger.Pending);
        Assert.Equal([1f, -2f], Read(again));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Keep_ThenRestart_HasTheSameBytesAndTheResidualBefore()
    {
        var store = UpdateStore.Open(_folder);
        Keep(store, 1, [1f]);
        store.Accept();
        var kept = Keep(store, 2, [3f]);

        var again = UpdateStore.Open(_folder);

        Assert.Equal(kept, again.Ledger.Pending);
        Assert.Equal([1f], Read(again));
        again.Accept();
        Assert.Equal([3f], Read(again));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ResidualFile_AlteredOrMissing_IsRefusedByName(bool altered)
    {
        var store = UpdateStore.Open(_folder);
        Keep(store, 1, [1f]);
        store.Accept();
        var file = store.ResidualFile()!;
        if (altered)
            File.AppendAllText(file, "!");
        else
            File.Delete(file);

        var reason = Assert.Throws<InvalidDataException>(() => UpdateStore.Open(_folder).ResidualFile());

        Assert.Contains("missing or damaged", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAnotherParticipantFederationLayoutOrPurpose_IsRefused()
    {
        var file = Write(Binding, [1f, 2f]);
        foreach (var other in new[]
            {
                Binding with { Participant = "house-b" }, Binding with { Federation = "flat" },
                Binding with { LayoutHash = new string('b', 64) }, Binding with { Purpose = "sign" },
            })
        {
            var reason = Assert.Throws<InvalidDataException>(() => ResidualFile.Read(file, other, 2));
            Assert.Contains("belongs to another", reason.Message, StringComparison.Ordinal);
        }

        Assert.Equal([1f, 2f], ResidualFile.Read(file, Binding, 2));
    }

    [Fact]
    public void Read_OtherLengthOrNotFiniteOrNone_IsRefused()
    {
        Assert.Contains("has 2 values; the model has 3", Reason(Write(Binding, [1f, 2f]), 3), StringComparison.Ordinal);
        Assert.Contains("not finite", Reason(Write(Binding, [1f, float.NaN]), 2), StringComparison.Ordinal);
        var other = Path.Combine(_folder, "other");
        File.WriteAllText(other, "not a residual");
        Assert.Contains("is no residual", Reason(other, 2), StringComparison.Ordinal);

        static string Reason(string file, int length) =>
            Assert.Throws<InvalidDataException>(() => ResidualFile.Read(file, Binding, length)).Message;
    }

    [Fact]
    public void Delta_WithWhatIsCarried_AddsItAndCutsToTheBound()
    {
        float[] trained = [1f, 2f, 3f];
        Assert.Equal(1, Delta.Make([1f, 1f, 1f], trained, bound: 4f, carried: [0.5f, -0.5f, 3f]));
        Assert.Equal([0.5f, 0.5f], trained[..2]);
        Assert.Equal(4f, trained[2], 1e-5f);
    }

    [Fact]
    public void Delta_Scaled_ScalesTheChangeAndNotWhatIsCarried()
    {
        float[] trained = [1f, 3f];
        Assert.Equal(0, Delta.Make([0f, 1f], trained, bound: 8f, scale: 2.5, carried: [0.5f, -1f]));
        Assert.Equal([3f, 4f], trained);
    }

    private static PendingUpdate Keep(UpdateStore store, long sequence, float[] residual) => store.Keep(
        sequence,
        version: sequence,
        stream => stream.WriteByte((byte)sequence),
        stream => ResidualFile.Write(stream, Binding, residual));

    private static float[] Read(UpdateStore store)
    {
        var file = store.ResidualFile()!;
        return ResidualFile.Read(file, Binding, (int)(new FileInfo(file).Length - 48) / 4);
    }

    private string Write(ResidualBinding binding, float[] values)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        using var stream = File.Create(path);
        ResidualFile.Write(stream, binding, values);
        return path;
    }
}
