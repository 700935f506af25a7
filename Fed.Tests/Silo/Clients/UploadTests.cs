using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Silo.Gateway.Clients;
using Microsoft.Extensions.DependencyInjection;

namespace Fed.Tests.Silo.Clients;

/// <summary>Uploads in chunks: every wrong chunk is refused by name, and nothing is left of the upload.</summary>
public sealed class UploadTests(GatewaySilo silo) : IClassFixture<GatewaySilo>
{
    [Fact]
    public async Task Chunks_InTheirOrder_BecomeAContribution()
    {
        var (_, client, update, upload) = await BeginAsync();
        using var _ = client;

        for (var number = 0; number < 6; number++)
            await upload.Put(number * Chunks.Bytes, RawClient.Chunk(update, number));
        var acceptance = await CompletedAsync(upload);

        Assert.True(acceptance.IsNew);
        Assert.Equal(update, await BlobAsync(acceptance.Receipt.Sha256));
        Assert.Equal(acceptance, await upload.Complete());
        await GoneAsync();
    }

    [Fact]
    public async Task Chunks_ThatOvertakeEachOther_AreTakenInTheirOrder()
    {
        var (_, client, update, upload) = await BeginAsync();
        using var _ = client;
        Task Put(int number) => upload.Put(number * Chunks.Bytes, RawClient.Chunk(update, number));

        await Task.WhenAll(Put(3), Put(2), Put(1), Put(0));
        await Task.WhenAll(Put(5), Put(4));
        var acceptance = await CompletedAsync(upload);

        Assert.Equal(update, await BlobAsync(acceptance.Receipt.Sha256));
    }

    [Fact]
    public async Task Upload_OfWhatWasAcceptedBefore_NeedsNoChunk()
    {
        var (settings, client, update, upload) = await BeginAsync();
        using var _ = client;
        for (var number = 0; number < 6; number++)
            await upload.Put(number * Chunks.Bytes, RawClient.Chunk(update, number));
        var acceptance = await CompletedAsync(upload);

        var again = await client.OpenAsync(settings.Name, update);

        Assert.Equal((acceptance.Receipt, ""), (again.First, again.Ticket));
    }

    [Theory]
    [InlineData(1, 1, 0, "waited")]
    [InlineData(4, 4, 0, "in flight")]
    [InlineData(6, 0, 0, "below the update's")]
    [InlineData(0, 0, 1, "begin at 1;")]
    public async Task Chunk_OutOfOrder_IsRefusedAndTheUploadDropped(int number, int content, int shift, string says)
    {
        var (_, client, update, upload) = await BeginAsync();
        using var _ = client;

        await RefusedAsync(
            upload, () => upload.Put(number * Chunks.Bytes + shift, RawClient.Chunk(update, content)), says);
    }

    [Fact]
    public async Task Chunk_ThatComesTwice_IsRefused()
    {
        var (_, client, update, upload) = await BeginAsync();
        using var _ = client;
        await upload.Put(0, RawClient.Chunk(update, 0));

        await RefusedAsync(upload, () => upload.Put(0, RawClient.Chunk(update, 0)), "came twice");
    }

    [Fact]
    public async Task Chunk_ThatComesTwiceWhileItWaits_IsRefused()
    {
        var (_, client, update, upload) = await BeginAsync();
        using var _ = client;
        var waiting = upload.Put(Chunks.Bytes, RawClient.Chunk(update, 1));

        await RefusedAsync(upload, () => upload.Put(Chunks.Bytes, RawClient.Chunk(update, 1)), "came twice");

        await RawClient.ProblemOf(() => waiting);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, Chunks.Bytes + 1)]
    [InlineData(5, Chunks.Bytes)]
    public async Task Chunk_OfAnotherLength_IsRefused(int number, int length)
    {
        var (_, client, update, upload) = await BeginAsync();
        using var _ = client;
        for (var before = 0; before < number; before++)
            await upload.Put(before * Chunks.Bytes, RawClient.Chunk(update, before));

        await RefusedAsync(upload, () => upload.Put(number * Chunks.Bytes, new byte[length]), $"has {length} bytes");
    }

    [Fact]
    public async Task Upload_ThatIsCompletedTooEarly_IsRefused()
    {
        var (_, client, update, upload) = await BeginAsync();
        using var _ = client;
        await upload.Put(0, RawClient.Chunk(update, 0));

        await RefusedAsync(upload, upload.Complete, $"after {Chunks.Bytes} of its {update.Length} bytes");
    }

    [Fact]
    public async Task Upload_OfAnotherLengthThanItSaid_IsRefused()
    {
        var settings = await silo.CreateAsync(RawClient.SixChunks);
        using var client = await RawClient.EnrolAsync(silo, settings.Name);
        var update = RawClient.Update(settings, await InitialAsync(client, settings));

        var longer = await RawClient.ProblemOf(
            () => client.OpenAsync(settings.Name, update, update.Length + 1_000_000));
        var shorter = Mine(client, settings, await client.OpenAsync(settings.Name, update, Chunks.Bytes));
        await shorter.Put(0, RawClient.Chunk(update, 0));
        var truncated = await RawClient.ProblemOf(() => CompletedAsync(shorter));

        Assert.Equal(RawClient.CodeOf(RefusalCode.UpdateTooLarge), longer.Code);
        Assert.Equal(RawClient.CodeOf(RefusalCode.UpdateTruncated), truncated.Code);
        await GoneAsync();
    }

    [Fact]
    public async Task Upload_WithAFlippedBit_IsRefusedWhileItArrives()
    {
        var (_, client, update, upload) = await BeginAsync();
        using var _ = client;
        update[Chunks.Bytes / 2] ^= 1;

        var refused = await RawClient.ProblemOf(async () =>
        {
            for (var number = 0; number < 6; number++)
                await upload.Put(number * Chunks.Bytes, RawClient.Chunk(update, number));
            await CompletedAsync(upload);
        });

        Assert.Equal((400, RawClient.CodeOf(RefusalCode.ChecksumMismatch)), (refused.Status, refused.Code));
        await GoneAsync();
    }

    [Fact]
    public async Task Upload_SignedByAStranger_IsRefusedBeforeAChunkIsSent()
    {
        var settings = await silo.CreateAsync(RawClient.SixChunks);
        using var client = await RawClient.EnrolAsync(silo, settings.Name);
        using var stranger = await RawClient.ConnectAsync(silo);
        var update = RawClient.Update(settings, await InitialAsync(client, settings));

        var refused = await RawClient.ProblemOf(() => client.AsAsync(
            client.Show(settings.Name),
            () => client.Gateway.OpenUpload(settings.Name, stranger.Offer(settings.Name, update))));

        Assert.Equal(RawClient.CodeOf(RefusalCode.SignatureInvalid), refused.Code);
        await GoneAsync();
    }

    [Fact]
    public async Task Upload_WithATicketThatNobodyGave_IsUnknown()
    {
        using var client = await RawClient.ConnectAsync(silo);
        var upload = client.Upload(new string('0', 64), client.Show("any"));

        var put = await RawClient.ProblemOf(() => upload.Put(0, new byte[1]));
        var complete = await RawClient.ProblemOf(upload.Complete);

        Assert.Equal((404, RawClient.CodeOf(RefusalCode.UnknownUpload)), (put.Status, put.Code));
        Assert.Equal(put.Code, complete.Code);
    }

    [Theory]
    [InlineData("another participant", "not signed with the key of participant 'a'")]
    [InlineData("another federation", "not signed with the key of participant 'a'")]
    [InlineData("nobody", "no capability")]
    public async Task Upload_WithTheTicketAndTheCapabilityOf_IsRefusedAndGoesOn(string whose, string says)
    {
        var settings = await silo.CreateAsync(RawClient.SixChunks);
        using var client = await RawClient.EnrolAsync(silo, settings.Name);
        using var other = await RawClient.EnrolAsync(silo, settings.Name, "b");
        var update = RawClient.Update(settings, await InitialAsync(client, settings));
        var opened = await client.OpenAsync(settings.Name, update);
        var stolen = other.Upload(opened.Ticket, whose switch
        {
            "another participant" => other.Show(settings.Name),
            "another federation" => client.Show("elsewhere"),
            _ => null,
        });

        var put = await RawClient.ProblemOf(() => stolen.Put(0, RawClient.Chunk(update, 0)));
        var complete = await RawClient.ProblemOf(stolen.Complete);

        Assert.Equal((401, RawClient.CodeOf(RefusalCode.CapabilityInvalid)), (put.Status, put.Code));
        Assert.Contains(says, put.Message, StringComparison.Ordinal);
        Assert.Equal(put.Code, complete.Code);
        var own = Mine(client, settings, opened);
        for (var number = 0; number < 6; number++)
            await own.Put(number * Chunks.Bytes, RawClient.Chunk(update, number));
        Assert.True((await CompletedAsync(own)).IsNew);
    }

    [Fact]
    public async Task Upload_ThatIsAbandoned_IsDropped()
    {
        var (_, client, update, upload) = await BeginAsync();
        using var _ = client;
        await upload.Put(0, RawClient.Chunk(update, 0));
        Assert.NotEmpty(silo.TemporaryFiles());

        // Nothing comes any more; its timer ends it.
        await GoneAsync();

        var refused = await RawClient.ProblemOf(() => upload.Put(Chunks.Bytes, RawClient.Chunk(update, 1)));
        Assert.Equal(RawClient.CodeOf(RefusalCode.UnknownUpload), refused.Code);
    }

    [Fact]
    public async Task Uploads_MoreThanAParticipantMayHave_AreAskedToWait()
    {
        var (settings, client, update, _) = await BeginAsync();
        using var _ = client;
        for (var open = 1; open < silo.Options.Throttling.UploadsOfParticipant; open++)
            await client.OpenAsync(settings.Name, update);

        var refused = await RawClient.ProblemOf(() => client.OpenAsync(settings.Name, update));

        Assert.Equal((429, "tooManyRequests"), (refused.Status, refused.Code));
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
    }

    private async Task<(FederationSettings Settings, RawClient Client, byte[] Update, RawUpload Upload)>
        BeginAsync()
    {
        var settings = await silo.CreateAsync(RawClient.SixChunks);
        var client = await RawClient.EnrolAsync(silo, settings.Name);
        var update = RawClient.Update(settings, await InitialAsync(client, settings));
        return (settings, client, update, Mine(client, settings, await client.OpenAsync(settings.Name, update)));
    }

    private static RawUpload Mine(RawClient client, FederationSettings settings, OpenedUpload opened) =>
        client.Upload(opened.Ticket, client.Show(settings.Name));

    private static async Task<string> InitialAsync(RawClient client, FederationSettings settings) =>
        (await client.Gateway.Describe(settings.Name)).InitialModel;

    private static async Task<Acceptance> CompletedAsync(RawUpload upload)
    {
        Acceptance? acceptance;
        do
            acceptance = await upload.Complete();
        while (acceptance is null);
        return acceptance;
    }

    /// <summary>The call is refused, and so is whatever follows.</summary>
    private async Task RefusedAsync(RawUpload upload, Func<Task> call, string says)
    {
        var refused = await RawClient.ProblemOf(call);
        var later = await RawClient.ProblemOf(upload.Complete);

        Assert.Equal((400, RawClient.CodeOf(RefusalCode.ChunkRefused)), (refused.Status, refused.Code));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Code, later.Code);
        await GoneAsync();
    }

    /// <summary>Returns when no upload is open and no temporary file left.</summary>
    private async Task GoneAsync()
    {
        var uploads = silo.Services.GetRequiredService<OpenUploads>();
        while (uploads.Count > 0 || silo.TemporaryFiles().Length > 0)
            await Task.Delay(10);
    }

    private async Task<byte[]> BlobAsync(string sha256)
    {
        using var blob = await silo.Services.GetRequiredService<IBlobStore>().OpenAsync(sha256, CancellationToken.None);
        var bytes = new byte[blob!.Length];
        blob.Read(0, bytes);
        return bytes;
    }
}
