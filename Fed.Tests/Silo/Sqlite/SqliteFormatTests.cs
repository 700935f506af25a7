using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Fed.Tests.Silo.Sqlite;

/// <summary>
/// What a state file holds. The same expectations hold on either build, so a file of one is a file of the other.
/// </summary>
public sealed class SqliteFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("grains.sqlite");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StateFile_OfAFederation_HasItsKeysAndProperties()
    {
        await using (var silo = await TestSilo.StartAsync(Path.GetDirectoryName(File)))
        {
            var federation = await TestFederation.CreateAsync(silo, TestSilo.Settings());
            using var participant = await federation.EnrolAsync("a");
        }

        var rows = Rows();

        Assert.Equal(["Description", "Deadlines"], Properties(rows["federation", "federation/codecs"]));
        Assert.Equal(
            ["PublicKey", "EnrolledAt", "Watermark", "KeyResets"],
            Properties(rows["participant", "participant/codecs/a"]));
    }

    [Theory]
    [InlineData("PRAGMA user_version=99", "format 99")]
    [InlineData("PRAGMA application_id=7", "application_id is 7")]
    public async Task StateFile_OfAnotherFormat_StopsTheStartNamingFormatAndBuild(string change, string said)
    {
        var folder = Path.GetDirectoryName(File)!;
        await (await TestSilo.StartAsync(folder)).DisposeAsync();
        Execute(change);
        var before = await System.IO.File.ReadAllBytesAsync(File);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => TestSilo.StartAsync(folder));

        Assert.Contains(File, error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(File));
    }

    [Fact]
    public async Task Database_OfSomebodyElse_IsRefusedAndLeftAlone()
    {
        Execute("CREATE TABLE films (title TEXT)");
        var before = await System.IO.File.ReadAllBytesAsync(File);

        await Assert.ThrowsAsync<InvalidDataException>(() => TestSilo.StartAsync(Path.GetDirectoryName(File)));

        Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(File));
    }

    private static string[] Properties(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(property => property.Name)];
    }

    private StateRows Rows()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT state, grain, json FROM grain_state";
        using var reader = command.ExecuteReader();
        var rows = new StateRows();
        while (reader.Read())
            rows.Add(reader.GetString(0), reader.GetString(1), Encoding.UTF8.GetString((byte[])reader[2]));
        return rows;
    }

    private void Execute(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    private sealed class StateRows
    {
        private readonly Dictionary<(string State, string Grain), string> _rows = [];

        public string this[string state, string grain] => _rows.TryGetValue((state, grain), out var json)
            ? json
            : throw new KeyNotFoundException($"{state} of {grain}; there is {string.Join(", ", _rows.Keys)}");

        public void Add(string state, string grain, string json) => _rows.Add((state, grain), json);
    }
}
