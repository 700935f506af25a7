using Microsoft.Data.Sqlite;
using Orleans.Runtime;

namespace Fed.Silo.Hosting;

/// <summary>
/// Which failures of the runtime pass by themselves: a state file that cannot be written now, a write that was raced.
/// </summary>
internal static class RuntimeFaults
{
    public static bool IsPassing(Exception error) =>
        error is OrleansException or IOException { InnerException: SqliteException };
}
