using Fed.Training;

namespace Fed.Tests.Training;

/// <summary>
/// Every layer in double precision, written from the definitions with plain loops: what the trainers must agree with.
/// </summary>
internal static class ReferenceModel
{
    /// <summary>Mean cross-entropy of the given samples, without dropout.</summary>
    public static double Loss(
        ModelSpecification model, double[] parameters, IReadOnlyList<double[]> inputs, IReadOnlyList<int> labels) =>
        inputs.Select((input, i) => CrossEntropy(Logits(model, parameters, input), labels[i])).Average();

    public static double[] Logits(ModelSpecification model, double[] parameters, double[] input)
    {
        var offset = 0;
        for (var i = 0; i < model.Layers.Count; i++)
        {
            var count = Count(model.Layers[i], model.Shapes[i]);
            input = Apply(model.Layers[i], model.Shapes[i], parameters[offset..(offset + count)], input);
            offset += count;
        }

        return input;
    }

    public static int Count(LayerSpecification layer, IReadOnlyList<int> shape) =>
        layer.Tensors(shape).Sum(tensor => tensor.Shape.Aggregate(1, (product, side) => product * side));

    /// <summary>One layer on one sample; dropout is the identity.</summary>
    public static double[] Apply(
        LayerSpecification layer, IReadOnlyList<int> shape, double[] parameters, double[] input) => layer switch
        {
            Conv2dSpecification conv => Convolve(conv, shape, layer.Output(shape), parameters, input),
            DenseSpecification dense => Dense(dense.Units, parameters, input),
            PoolSpecification pool => Pool(pool, shape, input),
            ReluSpecification => Array.ConvertAll(input, value => Math.Max(value, 0)),
            DropoutSpecification => input,
            _ => throw new ArgumentException($"no reference for {layer.Type}"),
        };

    private static double CrossEntropy(double[] logits, int label) =>
        Math.Log(logits.Sum(logit => Math.Exp(logit - logits[label])));

    private static double[] Dense(int units, double[] parameters, double[] input) =>
    [
        .. Enumerable.Range(0, units).Select(unit => parameters[units * input.Length + unit]
            + input.Select((value, i) => value * parameters[unit * input.Length + i]).Sum()),
    ];

    private static double[] Convolve(
        Conv2dSpecification conv,
        IReadOnlyList<int> shape,
        IReadOnlyList<int> outShape,
        double[] parameters,
        double[] input)
    {
        // Locals: what lists and properties give costs more here than the sum itself.
        int channels = shape[0], height = shape[1], width = shape[2], rows = outShape[1], columns = outShape[2];
        int kernel = conv.Kernel, stride = conv.Stride, padding = conv.Padding;
        var output = new double[outShape[0] * rows * columns];
        for (var at = 0; at < output.Length; at++)
        {
            var (filter, row, column) = (at / (rows * columns), at / columns % rows, at % columns);
            var sum = parameters[conv.Filters * channels * kernel * kernel + filter];
            var tap = filter * channels * kernel * kernel;
            for (var plane = 0; plane < channels; plane++)
            {
                for (var ky = 0; ky < kernel; ky++)
                {
                    for (var kx = 0; kx < kernel; kx++, tap++)
                    {
                        var (y, x) = (row * stride + ky - padding, column * stride + kx - padding);
                        if (y >= 0 && y < height && x >= 0 && x < width)
                            sum += parameters[tap] * input[(plane * height + y) * width + x];
                    }
                }
            }

            output[at] = sum;
        }

        return output;
    }

    private static double[] Pool(PoolSpecification pool, IReadOnlyList<int> shape, double[] input)
    {
        int height = shape[1], width = shape[2], rows = height / pool.Size, columns = width / pool.Size;
        var output = new double[shape[0] * rows * columns];
        for (var at = 0; at < output.Length; at++)
        {
            var (plane, row, column) = (at / (rows * columns), at / columns % rows, at % columns);
            var square = Enumerable.Range(0, pool.Size * pool.Size).Select(i =>
                input[(plane * height + row * pool.Size + i / pool.Size) * width + column * pool.Size + i % pool.Size]);
            output[at] = pool.Average ? square.Average() : square.Max();
        }

        return output;
    }
}
