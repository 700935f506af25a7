using System.Net;
using Fed.Tests.Silo.Storage;

namespace Fed.Tests.Silo;

/// <summary>A silo on a file system that is really full.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-full-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TmpfsFact]
    public async Task Silo_OnAFullDisk_RefusesWholeAndGoesOnOnceThereIsRoom()
    {
        using var disk = new Tmpfs(_folder, bytes: 16 << 20);
        await using var silo = await TestSilo.StartAsync(_folder);
        var federation = await TestFederation.CreateAsync(silo, TestSilo.Settings());
        using var participant = await federation.EnrolAsync();
        using var late = new TestParticipant(federation, "b");
        var update = TestParticipant.Update(federation.InitialModel);
        var before = silo.BlobFiles();
        var filler = Path.Combine(_folder, "filler");
        Fill(filler);

        await ShouldBeFull(await silo.Client.GetAsync("/healthz"));
        using var alive = await silo.Client.GetAsync("/livez");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        await ShouldBeFull(await participant.SendAsync(1, update));
        await ShouldBeFull(await silo.PutSettingsAsync(TestSilo.Settings("other"), "other"));
        Assert.Equal(before, silo.BlobFiles());
        // What is there can be read.
        using var model = await silo.Client.GetAsync($"{federation.Url}/models/{federation.InitialModel}");
        Assert.Equal(HttpStatusCode.OK, model.StatusCode);
        using var poll = await silo.Client.GetAsync($"{participant.Path}/task");
        Assert.Equal(HttpStatusCode.OK, poll.StatusCode);

        File.Delete(filler);
        Assert.Equal(HttpStatusCode.Created, (await participant.SendAsync(1, update)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await late.EnrolAsync()).StatusCode);
        using var other = await silo.PutSettingsAsync(TestSilo.Settings("other"), "other");
        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
    }

    private static async Task ShouldBeFull(HttpResponseMessage answer)
    {
        using (answer)
        {
            var problem = await answer.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "storageUnavailable");
            Assert.Equal("the server's storage is full", (string?)problem["detail"]);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
    }

    /// <summary>To the last page.</summary>
    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
                file.Write(page);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
