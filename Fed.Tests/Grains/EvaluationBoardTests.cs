using Fed.Contracts.Participants;
using Fed.Grains.Clusters;

namespace Fed.Tests.Grains;

/// <summary>Sums of reports on the last few versions.</summary>
public sealed class EvaluationBoardTests
{
    [Fact]
    public void Add_ASecondReportOfOneParticipant_TakesThePlaceOfTheFirst()
    {
        var board = new EvaluationBoard().Add("a", Report(3, correct: 1)).Add("a", Report(3, correct: 6));

        Assert.Equal((1, 10L, 6L), (board.Of(3)!.Reports, board.Of(3)!.Examples, board.Of(3)!.Correct));
    }

    [Fact]
    public void Add_ALateReportOnAVersionThatIsNotKept_ChangesNothing()
    {
        var board = new EvaluationBoard();
        for (var version = 0; version < 9; version++)
            board = board.Add("a", Report(version, correct: 1)).Add("b", Report(version, correct: 2));

        Assert.Null(board.Of(0));
        Assert.Same(board, board.Add("c", Report(0, correct: 5)));
        Assert.Equal(3, board.Add("c", Report(1, correct: 5)).Of(1)!.Reports);
    }

    [Fact]
    public void Newest_IsTheNewestThatAtLeastHalfAsManyReportedOn()
    {
        var board = new EvaluationBoard();
        foreach (var participant in new[] { "a", "b", "c" })
            board = board.Add(participant, Report(1, correct: 3));
        board = board.Add("a", Report(2, correct: 8));

        Assert.Equal(0.3, board.Newest!.Accuracy, 12);
        Assert.Equal(0.8, board.Add("b", Report(2, correct: 8)).Newest!.Accuracy, 12);
        Assert.Null(new EvaluationBoard().Newest);
    }

    private static EvaluationReport Report(long version, long correct) =>
        new(version, "model", Examples: 10, correct, Loss: 1);
}
