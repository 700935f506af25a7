using Fed.Core.Optimizers;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Optimizers;

/// <summary>Every optimiser against its formula in scalar double, bit for bit, at lengths around any vector's
/// width.</summary>
public sealed class StepBitsTests
{
    private const double Eta = 0.3, Beta1 = 0.9, Beta2 = 0.99, Tau = 1e-3;

    public static TheoryData<string> Kinds => new("momentum", "adagrad", "adam", "yogi");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_AnyLength_HasTheBitsOfTheScalarFormula(string kind)
    {
        var optimizer = ServerOptimizers.Create(kind, Eta, Beta1, Beta2, Tau);
        for (var length = 0; length < 70; length++)
        {
            var x = Deltas.Uniform(length, length, 2f);
            var m = new float[length];
            var v = new float[optimizer.Moments > 1 ? length : 0];
            Array.Fill(v, optimizer.InitialSecondMoment);
            var expected = x.Select(value => (X: value, M: 0f, V: optimizer.InitialSecondMoment)).ToArray();
            for (var round = 0; round < 3; round++)
            {
                var mean = Deltas.Uniform(100 * length + round, length, 0.1f).Select(value => value / 3.0).ToArray();
                optimizer.Step(mean, x, m, v);
                for (var i = 0; i < length; i++)
                    expected[i] = Scalar(kind, expected[i], mean[i]);
            }

            Assert.Equal(expected.Select(value => value.X), x);
            Assert.Equal(expected.Select(value => value.M), m);
            if (optimizer.Moments > 1)
                Assert.Equal(expected.Select(value => value.V), v);
        }
    }

    /// <summary>One element. Operations in the order of the formulas; moments rounded to float32 before use.</summary>
    private static (float X, float M, float V) Scalar(string kind, (float X, float M, float V) last, double d)
    {
        if (kind == "momentum")
        {
            var moment = (float)(Beta1 * last.M + d);
            return ((float)(last.X + Eta * moment), moment, last.V);
        }

        var m = (float)(Beta1 * last.M + (1 - Beta1) * d);
        var v = (float)(kind switch
        {
            "adagrad" => last.V + d * d,
            "adam" => Beta2 * last.V + (1 - Beta2) * d * d,
            _ => last.V - (1 - Beta2) * (d * d) * Math.Sign(last.V - d * d),
        });
        return ((float)(last.X + Eta * m / (Math.Sqrt(v) + Tau)), m, v);
    }
}
