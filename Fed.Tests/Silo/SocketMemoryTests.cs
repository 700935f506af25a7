using System.Globalization;
using Fed.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fed.Tests.Silo;

public sealed class SocketMemoryTests
{
    [Fact]
    public async Task Connection_OfASilo_IsReadInLargePieces()
    {
        var options = new SiloOptions
        {
            Port = 0,
            DataFolder = Directory.CreateTempSubdirectory("fed-silo-test-").FullName,
            InMemory = true,
        };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Fed.Silo" });
        builder.WebHost.UseKestrelCore();
        builder.Logging.ClearProviders();
        await using (var app = builder.AddFedSilo(options).Build())
        {
            app.UseFedSilo();
            app.MapGet("/piece", (HttpContext context) => RentedBytes(context));
            await app.StartAsync();
            var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
            using var client = new HttpClient { BaseAddress = new Uri(addresses.Addresses.First()) };

            var bytes = await client.GetStringAsync("/piece");

            Assert.Equal(SocketMemory.BlockBytes.ToString(CultureInfo.InvariantCulture), bytes);
            await app.StopAsync();
        }

        Directory.Delete(options.DataFolder, recursive: true);
    }

    [Fact]
    public void Rent_MoreThanABlock_IsRefused()
    {
        using var pool = new SocketMemory().Create();

        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(SocketMemory.BlockBytes + 1));
    }

    private static string RentedBytes(HttpContext context)
    {
        var pool = context.Features.Get<IMemoryPoolFeature>()!.MemoryPool;
        using var block = pool.Rent(1);
        return block.Memory.Length.ToString(CultureInfo.InvariantCulture);
    }
}
