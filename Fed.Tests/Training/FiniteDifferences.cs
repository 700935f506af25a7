namespace Fed.Tests.Training;

internal static class FiniteDifferences
{
    private const double Step = 1e-6;

    /// <summary>The gradient of a function in double precision, by central differences at step 1e-6.</summary>
    public static double[] Gradient(Func<double[], double> function, double[] at)
    {
        var gradient = new double[at.Length];
        var moved = (double[])at.Clone();
        for (var i = 0; i < at.Length; i++)
        {
            moved[i] = at[i] + Step;
            var above = function(moved);
            moved[i] = at[i] - Step;
            gradient[i] = (above - function(moved)) / (2 * Step);
            moved[i] = at[i];
        }

        return gradient;
    }
}
