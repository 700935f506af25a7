using Fed.Training;
using Fed.Training.Managed.Layers;

namespace Fed.Bench.Training;

/// <param name="Model">Name of the model.</param>
/// <param name="Layer">Index and type.</param>
/// <param name="Forward">Microseconds of processor time a sample.</param>
/// <param name="Backward">Microseconds of processor time a sample; the first layer's has no input gradient.</param>
internal sealed record LayerFigure(string Model, string Layer, double Forward, double Backward);

/// <summary>Where the managed trainer's time goes.</summary>
internal static class LayerBench
{
    public static IEnumerable<LayerFigure> Run(ModelSpecification model, int batch, double budget)
    {
        for (var i = 0; i < model.Layers.Count; i++)
        {
            var layer = LayerFactory.Create(model.Layers[i], model.Shapes[i]);
            var random = new SplitMix64((ulong)i);
            var parameters = Uniform(layer.ParameterCount, ref random);
            var input = Uniform(batch * layer.InputLength, ref random);
            var gradient = Uniform(batch * layer.OutputLength, ref random);
            var output = new float[batch * layer.OutputLength];
            var inputGradient = i == 0 ? [] : new float[batch * layer.InputLength];
            var sums = new float[layer.ParameterCount];
            var forward = Measure.Best(() => layer.Forward(parameters, input, output, batch, training: true), budget);
            var backward = Measure.Best(
                () => layer.Backward(parameters, input, output, gradient, inputGradient, sums, batch), budget);
            yield return new LayerFigure(
                model.Name, $"{i} {model.Layers[i].Type}", 1e6 * forward / batch, 1e6 * backward / batch);
        }
    }

    private static float[] Uniform(int count, ref SplitMix64 random)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = (float)(2 * random.NextDouble() - 1);
        return values;
    }
}
