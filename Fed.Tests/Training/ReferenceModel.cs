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
        int channels = shape[0], height = shape[1], width = shape[2];
        var output = new double[outShape[0] * outShape[1] * outShape[2]];
        for (var at = 0; at < output.Length; at++)
        {
            var (filter, row, column) =
                (at / (outShape[1] * outShape[2]), at / outShape[2] % outShape[1], at % outShape[2]);
            output[at] = parameters[conv.Filters * channels * conv.Kernel * conv.Kernel + filter];
            for (var tap = 0; tap < channels * conv.Kernel * conv.Kernel; tap++)
            {
                var (plane, ky, kx) =
                    (tap / (conv.Kernel * conv.Kernel), tap / conv.Kernel % conv.Kernel, tap % conv.Kernel);
                var (y, x) = (row * conv.Stride + ky - conv.Padding, column * conv.Stride + kx - conv.Padding);
                if (y < 0 || y >= height || x < 0 || x >= width)
                    continue;
                output[at] += parameters[filter * channels * conv.Kernel * conv.Kernel + tap]
                    * input[(plane * height + y) * width + x];
            }
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
