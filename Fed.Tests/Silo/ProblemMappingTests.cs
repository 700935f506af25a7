using System.Text.RegularExpressions;
using Fed.Contracts.Refusals;
using Fed.Core.Blocks;
using Fed.Silo.Gateway.Problems;
using Fed.Silo.Storage;

namespace Fed.Tests.Silo;

public sealed partial class ProblemMappingTests
{
    public static TheoryData<RefusalCode> Codes { get; } = new(Enum.GetValues<RefusalCode>());

    public static TheoryData<UpdateFault> Faults { get; } = new(Enum.GetValues<UpdateFault>());

    [Theory]
    [MemberData(nameof(Codes))]
    public void Refusal_OfEachCode_HasTheStatusOfTheProtocol(RefusalCode code)
    {
        var problem = ProblemMapping.Of(new RefusedException(code, "what", "remedy"), "trace");

        Assert.Equal(("what", "remedy"), (problem.Detail, problem.Remedy));
        Assert.Equal(RefusalStatus.NameOf(code), problem.Code);
        Assert.Contains(problem.Code, CodesDocumentedFor(problem.Status));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Fault_OfEachKind_HasACodeOfTheProtocol(UpdateFault fault)
    {
        var problem = ProblemMapping.Of(new UpdateFaultException(fault, "what", "remedy"), "trace");

        Assert.Contains(problem.Code, CodesDocumentedFor(problem.Status));
    }

    [Fact]
    public void Failure_ThatNobodyExpected_LeaksNothingButATrace()
    {
        var problem = ProblemMapping.Of(new InvalidOperationException("the password is swordfish"), "trace-1");

        Assert.Equal((500, "trace-1"), (problem.Status, problem.TraceId));
        Assert.DoesNotContain("swordfish", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_ThatPasses_IsWorthARetry()
    {
        Exception[] passing =
            [new TimeoutException("secret"), new StorageUnavailableException("secret", new IOException("secret"))];

        Assert.All(passing, error =>
        {
            var problem = ProblemMapping.Of(error, "trace");
            Assert.Equal(503, problem.Status);
            Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
        });
    }

    /// <summary>From the table of docs/protocol.md, so that it cannot drift from the code.</summary>
    private static string[] CodesDocumentedFor(int status)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "FedHier.sln")))
            root = root.Parent;
        return File.ReadLines(Path.Combine(root.FullName, "docs", "protocol.md"))
            .Where(line => Row().IsMatch(line) && line.Split('|')[1].Contains($"{status}", StringComparison.Ordinal))
            .SelectMany(line => Word().Matches(line).Select(match => match.Value))
            .ToArray();
    }

    [GeneratedRegex(@"^\| \d{3}")]
    private static partial Regex Row();

    [GeneratedRegex("[a-zA-Z]+")]
    private static partial Regex Word();
}
