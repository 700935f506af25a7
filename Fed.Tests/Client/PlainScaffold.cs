using Fed.Training;

namespace Fed.Tests.Client;

/// <summary>
/// SCAFFOLD (Karimireddy 2020, algorithm 1, option II, everybody in every round, eta_g = 1) in plain double precision
/// loops, for one softmax layer on full batches. It shares no line with the product.
/// </summary>
internal sealed class PlainScaffold(IReadOnlyList<SampleSet> houses, double decay)
{
    public sealed record Run(double[] Model, double[] Control, double[][] Own);

    /// <param name="steps">K.</param>
    public Run Train(float[] start, int rounds, int steps, double rate, double momentum)
    {
        var x = Array.ConvertAll(start, value => (double)value);
        var c = new double[x.Length];
        var own = houses.Select(_ => new double[x.Length]).ToArray();
        // Constant gradients of 1 have moved the parameters by this.
        var weight = Enumerable.Range(1, steps).Sum(left => (1 - Math.Pow(momentum, left)) / (1 - momentum));
        for (var round = 0; round < rounds; round++)
        {
            var (step, change) = (new double[x.Length], new double[x.Length]);
            for (var i = 0; i < houses.Count; i++)
            {
                var (y, velocity) = ((double[])x.Clone(), new double[x.Length]);
                for (var k = 0; k < steps; k++)
                {
                    var gradient = Gradient(houses[i], y);
                    for (var j = 0; j < y.Length; j++)
                    {
                        velocity[j] = momentum * velocity[j] + gradient[j] - own[i][j] + c[j];
                        y[j] -= rate * velocity[j];
                    }
                }

                for (var j = 0; j < x.Length; j++)
                {
                    var moved = -c[j] + (x[j] - y[j]) / (weight * rate);
                    own[i][j] += moved;
                    change[j] += moved / houses.Count;
                    step[j] += (y[j] - x[j]) / houses.Count;
                }
            }

            for (var j = 0; j < x.Length; j++)
            {
                x[j] += step[j];
                c[j] += change[j];
            }
        }

        return new Run(x, c, own);
    }

    /// <summary>Where the mean of the houses' losses is least: by gradient descent on all of them.</summary>
    public double[] Optimum(float[] start, int steps, double rate)
    {
        var x = Array.ConvertAll(start, value => (double)value);
        for (var step = 0; step < steps; step++)
        {
            var gradients = houses.Select(house => Gradient(house, x)).ToArray();
            for (var j = 0; j < x.Length; j++)
                x[j] -= rate * gradients.Average(gradient => gradient[j]);
        }

        return x;
    }

    /// <summary>Of the mean cross-entropy, and weight decay; parameters are weights [classes, inputs], then
    /// biases.</summary>
    private double[] Gradient(SampleSet data, double[] parameters)
    {
        var gradient = Array.ConvertAll(parameters, value => decay * value);
        var biases = data.Classes * data.SampleLength;
        for (var i = 0; i < data.Count; i++)
        {
            var input = data.Inputs.AsSpan(i * data.SampleLength, data.SampleLength);
            var scores = new double[data.Classes];
            for (var k = 0; k < scores.Length; k++)
            {
                scores[k] = parameters[biases + k];
                for (var j = 0; j < input.Length; j++)
                    scores[k] += parameters[k * input.Length + j] * input[j];
            }

            var total = scores.Sum(Math.Exp);
            for (var k = 0; k < scores.Length; k++)
            {
                var error = (Math.Exp(scores[k]) / total - (k == data.Labels[i] ? 1 : 0)) / data.Count;
                gradient[biases + k] += error;
                for (var j = 0; j < input.Length; j++)
                    gradient[k * input.Length + j] += error * input[j];
            }
        }

        return gradient;
    }
}
