using Fed.Training;

namespace Fed.Tests.Training;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void Scores_OfCountsByHand_AreTheirs()
    {
        int[,] counts = { { 5, 1, 0 }, { 2, 3, 0 }, { 0, 1, 0 } };

        Assert.Equal(8.0 / 12, ConfusionMatrix.Accuracy(counts), 12);
        // 10 / (10 + 1 + 2), 6 / (6 + 2 + 2), and nothing of the third is found.
        Assert.Equal((10.0 / 13 + 6.0 / 10 + 0) / 3, ConfusionMatrix.MacroF1(counts), 12);
    }

    [Fact]
    public void MacroF1_AClassThatNeitherOccursNorIsPredicted_DoesNotCount()
    {
        int[,] counts = { { 4, 0, 0 }, { 0, 4, 0 }, { 0, 0, 0 } };

        Assert.Equal(1, ConfusionMatrix.MacroF1(counts));
    }
}
