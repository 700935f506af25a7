namespace Fed.Tests.Core.Robust;

/// <summary>The rules as their papers state them, on whole vectors in double, without looking at the code under
/// test.</summary>
internal static class Plain
{
    public static double[] Median(float[][] x) => Column(x, column =>
        (column[(column.Length - 1) / 2] + column[column.Length / 2]) / 2);

    public static double[] Trimmed(float[][] x, int k) => Column(x, column => column[k..^k].Average());

    public static int Krum(float[][] x, int f) => KrumAmong([.. Enumerable.Range(0, x.Length)], x, f);

    public static double[] MultiKrum(float[][] x, int f, int m) => Mean([.. Enumerable.Range(0, x.Length)
        .OrderBy(i => Score([.. Enumerable.Range(0, x.Length)], i, x, f)).Take(m).Select(i => x[i])]);

    public static double[] Bulyan(float[][] x, int f)
    {
        var left = Enumerable.Range(0, x.Length).ToList();
        var chosen = new List<float[]>();
        while (chosen.Count < x.Length - 2 * f)
        {
            var best = KrumAmong(left, x, f);
            left.Remove(best);
            chosen.Add(x[best]);
        }

        return Column([.. chosen], column =>
        {
            var median = (column[(column.Length - 1) / 2] + column[column.Length / 2]) / 2;
            return column.OrderBy(value => Math.Abs(value - median)).ThenBy(value => value)
                .Take(column.Length - 2 * f).Average();
        });
    }

    public static double[] GeometricMedian(float[][] x, int passes, double nu)
    {
        var z = Mean(x);
        for (var pass = 1; pass < passes; pass++)
        {
            var b = x.Select(v => 1 / Math.Max(nu, Math.Sqrt(Squared(z, Wide(v))))).ToArray();
            z = [.. z.Select((_, j) => x.Select((v, i) => b[i] * v[j]).Sum() / b.Sum())];
        }

        return z;
    }

    public static double[] CentredClipping(float[][] x, double tau, int passes)
    {
        var v = new double[x[0].Length];
        for (var pass = 0; pass < passes; pass++)
        {
            var pulls = x.Select(u => Math.Min(1, tau / Math.Sqrt(Squared(Wide(u), v)))).ToArray();
            v = [.. v.Select((old, j) => old + x.Select((u, i) => (u[j] - old) * pulls[i]).Average())];
        }

        return v;
    }

    public static double[] NormBound(float[][] x, double norm) =>
        [.. x[0].Select((_, j) => x.Average(v => v[j] * Math.Min(1, norm / Norm(v))))];

    public static double[] FlTrust(float[][] x, float[] root)
    {
        var trust = x.Select(v => Math.Max(0, v.Zip(root, (a, b) => (double)a * b).Sum() / Norm(v) / Norm(root)))
            .ToArray();
        var scales = x.Select((v, i) => trust[i] * Norm(root) / Norm(v)).ToArray();
        return [.. root.Select((_, j) => x.Select((v, i) => scales[i] * v[j]).Sum() / trust.Sum())];
    }

    public static double Norm(float[] x) => Math.Sqrt(x.Sum(value => (double)value * value));

    private static double[] Mean(float[][] x) => Column(x, column => column.Average());

    private static int KrumAmong(List<int> among, float[][] x, int f) => among.MinBy(i => Score(among, i, x, f));

    private static double Score(List<int> among, int i, float[][] x, int f) => among.Where(j => j != i)
        .Select(j => Squared(Wide(x[i]), Wide(x[j]))).Order().Take(Math.Max(1, among.Count - f - 2)).Sum();

    private static double Squared(double[] x, double[] y) => x.Zip(y, (a, b) => (a - b) * (a - b)).Sum();

    private static double[] Wide(float[] x) => [.. x.Select(value => (double)value)];

    private static double[] Column(float[][] x, Func<double[], double> reduce) =>
        [.. Enumerable.Range(0, x[0].Length).Select(j => reduce([.. x.Select(v => (double)v[j]).Order()]))];
}
