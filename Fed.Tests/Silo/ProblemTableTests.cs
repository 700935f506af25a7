using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fed.Contracts.Refusals;
using Fed.Core.Blocks;
using Fed.Silo.Gateway;
using Fed.Silo.Storage;
using Microsoft.Data.Sqlite;
using Orleans.Runtime;

namespace Fed.Tests.Silo;

public sealed partial class ProblemTableTests
{
    public static TheoryData<RefusalCode> Codes { get; } = new(Enum.GetValues<RefusalCode>());

    public static TheoryData<UpdateFault> Faults { get; } = new(Enum.GetValues<UpdateFault>());

    [Theory]
    [MemberData(nameof(Codes))]
    public void Refusal_OfEachCode_HasTheStatusOfTheProtocol(RefusalCode code)
    {
        var problem = ProblemTable.Of(new RefusedException(code, "what", "remedy"));

        Assert.Equal(("what", "remedy"), (problem.Detail, problem.Remedy));
        Assert.Equal(code.ToString(), problem.Code, ignoreCase: true);
        Assert.Contains((problem.Status!.Value, problem.Code), Documented());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Fault_OfEachKind_HasACodeOfTheProtocol(UpdateFault fault)
    {
        var problem = ProblemTable.Of(new UpdateFaultException(fault, "what", "remedy"));

        Assert.Contains((problem.Status!.Value, problem.Code), Documented());
    }

    [Fact]
    public void Failure_ThatNobodyExpected_LeaksNothing()
    {
        var problem = ProblemTable.Of(new InvalidOperationException("the password is swordfish"));

        Assert.Equal((500, "internalError"), (problem.Status, problem.Code));
        Assert.DoesNotContain("swordfish", JsonSerializer.Serialize(problem), StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_ThatPasses_IsWorthARetry()
    {
        Exception[] passing =
            [new TimeoutException("secret"), new StorageUnavailableException("secret", new IOException("secret"))];

        Assert.All(passing, error =>
        {
            var problem = ProblemTable.Of(error);
            Assert.Equal(503, problem.Status);
            Assert.DoesNotContain("secret", JsonSerializer.Serialize(problem), StringComparison.Ordinal);
        });
    }

    public static TheoryData<StorageFault> StorageFaults { get; } = new(Enum.GetValues<StorageFault>());

    [Theory]
    [MemberData(nameof(StorageFaults))]
    public void StorageFault_OfEachKind_SaysWhatIsWrongAndWhatTheOperatorDoes(StorageFault fault)
    {
        var mine = ProblemTable.Of(Failing(fault));
        var others = Enum.GetValues<StorageFault>().Where(other => other != fault)
            .Select(other => ProblemTable.Of(Failing(other)).Detail);

        Assert.Equal((503, "storageUnavailable"), (mine.Status, mine.Code));
        Assert.Contains("the operator", mine.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(mine.Detail, others);
    }

    /// <summary>As an actor's call fails with it.</summary>
    private static OrleansException Failing(StorageFault fault) => new(
        "Error from storage provider",
        new StorageUnavailableException("secret", fault switch
        {
            StorageFault.Full => new SqliteException("secret", 13),
            StorageFault.Denied => new UnauthorizedAccessException("secret"),
            StorageFault.ReadOnly => new SqliteException("secret", 8),
            StorageFault.Failing => new SqliteException("secret", 10),
            StorageFault.Locked => new SqliteException("secret", 5),
            StorageFault.Damaged => new SqliteException("secret", 11),
            _ => new DirectoryNotFoundException("secret"),
        }));

    [Fact]
    public void Documentation_ListsEveryProblemThereIsAndNoOther()
    {
        var known = ProblemTable.All.Order();

        Assert.Equal(known, Documented().Order());
    }

    /// <summary>Status and code of each row of the table in docs/protocol.md.</summary>
    private static (int Status, string Code)[] Documented()
    {
        return File.ReadLines(Repository.PathOf("docs", "protocol.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .Select(row => (int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture), row.Groups[2].Value))
            .ToArray();
    }

    [GeneratedRegex(@"^\| ([45]\d\d) \| (\w+) \| [^|]+ \| [^|]+ \|$")]
    private static partial Regex Row();
}
