using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Fed.Training;

/// <summary>
/// Writes a trained model as an ONNX file (github.com/onnx/onnx, onnx.proto: IR version 8, operator set 17), which ONNX
/// Runtime, browsers and most tools of the field run. Safetensors stays the format of versions; this one also says how
/// the numbers are used.
/// </summary>
/// <remarks>
/// Input <c>input</c>: float32 [batch, sides of one sample]. Outputs: <c>logits</c> and <c>probabilities</c>, each
/// float32 [batch, classes]. Dropout is left out. Metadata are pairs of text that readers of ONNX give back.
/// </remarks>
public static class OnnxModel
{
    private const int Float = 1;

    /// <summary>A protocol buffer is shorter than 2 GiB; the rest of the file is small.</summary>
    private const long MostParameters = (int.MaxValue - (1 << 20)) / sizeof(float);

    /// <param name="parameters">The flat vector in layout order.</param>
    /// <exception cref="ArgumentException">Another number of parameters, or more than the format can hold.</exception>
    public static void Write(
        Stream destination,
        ModelSpecification model,
        ReadOnlySpan<float> parameters,
        IReadOnlyDictionary<string, string> metadata)
    {
        if (parameters.Length != model.Layout.ParameterCount)
            throw new ArgumentException($"{parameters.Length} parameters; the model has {model.Layout.ParameterCount}");
        if (parameters.Length > MostParameters)
        {
            throw new ArgumentException(
                $"the model has {parameters.Length} parameters; an ONNX file holds {MostParameters}: use safetensors");
        }

        var graph = Message(output => WriteGraph(output, model));
        var heads = model.Layout.Tensors
            .Select(tensor => Message(output => WriteTensorHead(output, tensor.Name, tensor.Shape)))
            .ToArray();
        var lengths = heads.Zip(model.Layout.Tensors, (head, tensor) =>
            head.Length + 1 + FieldLength((int)tensor.Length * sizeof(float))).ToArray();
        Write(destination, output =>
        {
            Number(output, 1, 8);
            Text(output, 2, "FedHier");
            Nested(output, 8, version => Number(version, 2, 17));
            foreach (var (key, value) in metadata)
            {
                Nested(output, 14, entry =>
                {
                    Text(entry, 1, key);
                    Text(entry, 2, value);
                });
            }

            output.WriteTag(7, WireFormat.WireType.LengthDelimited);
            output.WriteLength(graph.Length + lengths.Sum(length => 1 + FieldLength(length)));
        });
        destination.Write(graph);
        for (var i = 0; i < heads.Length; i++)
        {
            var (tensor, head, length) = (model.Layout.Tensors[i], heads[i], lengths[i]);
            Write(destination, output =>
            {
                output.WriteTag(5, WireFormat.WireType.LengthDelimited);
                output.WriteLength(length);
            });
            destination.Write(head);
            Write(destination, output =>
            {
                output.WriteTag(9, WireFormat.WireType.LengthDelimited);
                output.WriteLength((int)tensor.Length * sizeof(float));
            });
            destination.Write(MemoryMarshal.AsBytes(parameters.Slice((int)tensor.Offset, (int)tensor.Length)));
        }
    }

    /// <summary>Name, nodes, input and outputs; the weights follow.</summary>
    private static void WriteGraph(CodedOutputStream output, ModelSpecification model)
    {
        var last = "input";
        for (var i = 0; i < model.Layers.Count; i++)
            last = WriteLayer(output, model, i, last);
        WriteNode(output, "Identity", [last], "logits");
        WriteNode(output, "Softmax", [last], "probabilities", ("axis", [1]));
        Text(output, 2, model.Name);
        WriteValue(output, 11, "input", model.Input);
        WriteValue(output, 12, "logits", model.Shapes[^1]);
        WriteValue(output, 12, "probabilities", model.Shapes[^1]);
    }

    /// <returns>The name of what the layer gives.</returns>
    private static string WriteLayer(CodedOutputStream output, ModelSpecification model, int index, string input)
    {
        var name = $"layer{index}";
        switch (model.Layers[index])
        {
            case Conv2dSpecification conv:
                WriteNode(
                    output, "Conv", [input, $"{index}.weight", $"{index}.bias"], name,
                    ("kernel_shape", [conv.Kernel, conv.Kernel]),
                    ("strides", [conv.Stride, conv.Stride]),
                    ("pads", [conv.Padding, conv.Padding, conv.Padding, conv.Padding]));
                return name;
            case DenseSpecification:
                if (model.Shapes[index].Count > 1)
                {
                    WriteNode(output, "Flatten", [input], $"flat{index}", ("axis", [1]));
                    input = $"flat{index}";
                }

                WriteNode(output, "Gemm", [input, $"{index}.weight", $"{index}.bias"], name, ("transB", [1]));
                return name;
            case PoolSpecification pool:
                WriteNode(
                    output, pool.Average ? "AveragePool" : "MaxPool", [input], name,
                    ("kernel_shape", [pool.Size, pool.Size]), ("strides", [pool.Size, pool.Size]));
                return name;
            case ReluSpecification:
                WriteNode(output, "Relu", [input], name);
                return name;
            case DropoutSpecification:
                return input;
            case var other:
                throw new ArgumentException($"layer {index} is of type {other.Type}, which ONNX files do not have yet");
        }
    }

    private static void WriteNode(
        CodedOutputStream output,
        string type,
        IEnumerable<string> inputs,
        string result,
        params (string Name, int[] Values)[] attributes) => Nested(output, 1, node =>
        {
            foreach (var input in inputs)
                Text(node, 1, input);
            Text(node, 2, result);
            Text(node, 3, result);
            Text(node, 4, type);
            foreach (var (name, values) in attributes)
                Nested(node, 5, attribute => WriteAttribute(attribute, name, values));
        });

    /// <summary>"axis" and "transB" are numbers, all others of ours lists of them.</summary>
    private static void WriteAttribute(CodedOutputStream output, string name, int[] values)
    {
        const int number = 2, list = 7;
        Text(output, 1, name);
        var single = values.Length == 1;
        foreach (var value in values)
            Number(output, single ? 3 : 8, value);
        Number(output, 20, single ? number : list);
    }

    private static void WriteValue(CodedOutputStream output, int field, string name, IReadOnlyList<int> shape) =>
        Nested(output, field, value =>
        {
            Text(value, 1, name);
            Nested(value, 2, type => Nested(type, 1, tensor =>
            {
                Number(tensor, 1, Float);
                Nested(tensor, 2, sides =>
                {
                    Nested(sides, 1, batch => Text(batch, 2, "batch"));
                    foreach (var side in shape)
                        Nested(sides, 1, fixedSide => Number(fixedSide, 1, side));
                });
            }));
        });

    private static void WriteTensorHead(CodedOutputStream output, string name, IEnumerable<int> shape)
    {
        foreach (var side in shape)
            Number(output, 1, side);
        Number(output, 2, Float);
        Text(output, 8, name);
    }

    private static void Number(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    private static void Text(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static void Nested(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(Message(write)));
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        Write(bytes, write);
        return bytes.ToArray();
    }

    private static void Write(Stream destination, Action<CodedOutputStream> write)
    {
        using var output = new CodedOutputStream(destination, leaveOpen: true);
        write(output);
    }

    /// <summary>Of the length itself and what it is of.</summary>
    private static int FieldLength(int bytes) => CodedOutputStream.ComputeLengthSize(bytes) + bytes;
}
