using System.CommandLine;
using Fed.Bench.Ingest;
using Fed.Client.Protocol;

namespace Fed.Bench.Rollback;

/// <summary><c>fed bench rollback</c>: how soon a rollback takes effect while participants submit.</summary>
public static class RollbackCommand
{
    private const int MostRollbacks = 1000;

    public static Command Create()
    {
        var json = JsonFile.Option();
        var count = new Option<int>("--rollbacks")
        {
            Description = $"orders, 1 to {MostRollbacks}",
            DefaultValueFactory = _ => 10,
        };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value and (< 1 or > MostRollbacks))
                result.AddError($"--rollbacks is {value}; it must be 1 to {MostRollbacks}");
        });
        var command = new Command(
            "rollback", $"time until a rollback takes effect while {RollbackBench.Senders} participants submit")
        {
            json, count,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                await using var silo = await SiloUnderLoad.StartAsync(
                    Path.GetTempPath(), new Dictionary<string, string>(), cancellation);
                var figure = await new RollbackBench(silo.Address, parsed.GetValue(count)).RunAsync(cancellation);
                Console.WriteLine(
                    $"{figure.Rollbacks} rollbacks while {figure.Senders} participants sent "
                    + $"{figure.UpdatesPerSecond:0} updates/s: answered after {figure.OrderP50Ms:0} ms (p50), "
                    + $"{figure.OrderMaxMs:0} (max); in effect in all clusters after {figure.EffectP50Ms:0} ms (p50), "
                    + $"{figure.EffectMaxMs:0} (max)");
                JsonFile.Write(parsed.GetValue(json), figure);
                return 0;
            }
            catch (Exception error) when (error is HttpRequestException or ProtocolException or InvalidDataException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }
}
