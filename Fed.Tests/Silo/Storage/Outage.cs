using Microsoft.Data.Sqlite;

namespace Fed.Tests.Silo.Storage;

/// <summary>How storage goes away under a silo that runs.</summary>
public enum OutageKind
{
    /// <summary>The folder of blobs: a file stands in its place, as permissions mean nothing to root.</summary>
    Blobs,

    /// <summary>The state file is not there.</summary>
    StateFile,

    /// <summary>The state file can be read; a trigger of it refuses every write.</summary>
    StateWrites,
}

/// <summary>An outage of a data folder, from now until it is ended.</summary>
internal sealed class Outage
{
    private readonly OutageKind _kind;
    private readonly string _state;
    private readonly string _blobs;

    /// <param name="only">Of <see cref="OutageKind.StateWrites"/>: which rows are refused, as SQL; null: all.</param>
    public Outage(string dataFolder, OutageKind kind, string? only = null)
    {
        _kind = kind;
        _state = Path.Combine(dataFolder, "grains.sqlite");
        _blobs = Path.Combine(dataFolder, "blobs");
        switch (kind)
        {
            case OutageKind.Blobs:
                Directory.Move(_blobs, _blobs + "-away");
                File.WriteAllText(_blobs, "");
                break;
            case OutageKind.StateFile:
                File.Move(_state, _state + "-away");
                break;
            default:
                var condition = only is null ? "" : $"WHEN {only}";
                Execute(string.Concat(new[] { "INSERT", "UPDATE" }.Select(statement => $"""
                    CREATE TRIGGER outage_{statement} BEFORE {statement} ON grain_state {condition}
                    BEGIN SELECT RAISE(ABORT, 'the disk refuses'); END;

                    """)));
                break;
        }
    }

    /// <summary>Storage is back, with all that it held.</summary>
    public void End()
    {
        switch (_kind)
        {
            case OutageKind.Blobs:
                File.Delete(_blobs);
                Directory.Move(_blobs + "-away", _blobs);
                break;
            case OutageKind.StateFile:
                File.Move(_state + "-away", _state);
                break;
            default:
                Execute("DROP TRIGGER outage_INSERT; DROP TRIGGER outage_UPDATE;");
                break;
        }
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_state};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
