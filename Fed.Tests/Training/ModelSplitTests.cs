using Fed.Core.IO;
using Fed.Core.Models;
using Fed.Training;

namespace Fed.Tests.Training;

/// <summary>A model that is cut in two is the same model.</summary>
public sealed class ModelSplitTests
{
    private static readonly string s_hash = new('a', 64);

    private static readonly ModelSpecification s_model = ModelSpecification.Parse(TestData.SmallConvolution);

    /// <summary>conv 0, relu, pool, conv 3, relu, pool, dense 6, relu, dense 8.</summary>
    [Theory]
    [InlineData(new[] { 0 }, 3)]
    [InlineData(new[] { 0, 3 }, 6)]
    [InlineData(new[] { 3, 0, 3 }, 6)]
    [InlineData(new[] { 0, 3, 6 }, 8)]
    public void Cut_OfTheFirstLayers_GivesTheTensorsOfBothPartsInTheirOrder(int[] frozen, int depth)
    {
        var split = ModelSplit.Cut(s_model, frozen);

        Assert.Equal(depth, split.Depth);
        var head = split.Head(s_hash).Layout;
        Assert.Equal(
            s_model.Layout.Tensors.Select(slot => slot.Name),
            split.Frozen.Tensors.Concat(head.Tensors).Select(slot => slot.Name));
        Assert.Equal(s_model.Layout.ParameterCount, split.Frozen.ParameterCount + head.ParameterCount);
        Assert.Equal(s_hash, head.Extractor);
    }

    [Theory]
    [InlineData(new int[0], "no layer is frozen; name at least one of the model's 0, 3, 6, 8")]
    [InlineData(new[] { 0, 3, 6, 8 }, "all layers with parameters (0, 3, 6, 8) are frozen")]
    [InlineData(new[] { 0, 6 }, "layer 6 is frozen behind layer 3, which is trained")]
    [InlineData(new[] { 1 }, "frozen has 1; the model's layers with parameters are 0, 3, 6, 8")]
    [InlineData(new[] { -1 }, "frozen has -1;")]
    public void Cut_OfLayersThatCannotBeFrozen_SaysWhy(int[] frozen, string reason)
    {
        var error = Assert.Throws<SpecificationException>(() => ModelSplit.Cut(s_model, frozen));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_BeforeADropout_LeavesItToTheHead()
    {
        var model = ModelSpecification.Parse("""
            {"name":"d","input":[4],"loss":"softmaxCrossEntropy","layers":[{"type":"dense","units":6},{"type":"relu"},
              {"type":"dropout","rate":0.5},{"type":"dense","units":3}]}
            """);

        Assert.Equal(2, ModelSplit.Cut(model, [0]).Depth);
    }

    [Theory]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 0, 3 })]
    [InlineData(new[] { 0, 3, 6 })]
    public void Head_OnWhatTheFrontGives_EvaluatesAndStepsAsTheWholeModel(int[] frozen)
    {
        var whole = s_model.Initialise(3);
        var data = TestData.Noise(s_model, 70, seed: 4);
        var split = ModelSplit.Cut(s_model, frozen);
        var count = (int)split.Frozen.ParameterCount;
        var front = new FrozenLayers(split, s_hash, whole[..count]);
        var features = front.Apply(data, CancellationToken.None);
        var step = new TrainingSettings { BatchSize = data.Count, LearningRate = 0.1, Momentum = 0 };
        var (head, all) = (whole[count..], (float[])whole.Clone());
        var expected = Trainers.Managed(s_model).Evaluate(whole, data);

        foreach (var kind in new[] { TrainerKind.Managed, TrainerKind.Torch })
        {
            var trainer = Trainers.Create(front.Head, kind);
            var result = trainer.Evaluate(head, features);
            Assert.Equal(expected.Confusion, result.Confusion);
            Assert.Equal(expected.Loss, result.Loss, 1e-5);
            var trained = (float[])head.Clone();
            trainer.Train(trained, features, step, CancellationToken.None);
            all = (float[])whole.Clone();
            Trainers.Managed(s_model).Train(all, data, step, CancellationToken.None);
            for (var i = 0; i < trained.Length; i++)
                Assert.Equal(all[count + i], trained[i], 1e-5f);
        }

        Assert.Equal(whole, front.Join(head));
        Assert.NotEqual(head, all[count..]);
    }

    [Fact]
    public void Read_OfAnotherFile_SaysWhatIsWrong()
    {
        var split = ModelSplit.Cut(s_model, [0]);
        var whole = s_model.Initialise(3);
        var spoilt = whole[..(int)split.Frozen.ParameterCount];
        spoilt[7] = float.NaN;

        foreach (var (layout, values, reason) in new[]
        {
            (s_model.Layout, whole, "its tensor 3 is 3.weight[4,3,3,3], the specification's is missing"),
            (split.Frozen, spoilt, "parameter 7 of the extractor is NaN; all must be finite"),
        })
        {
            using var file = new MemoryStream();
            Safetensors.Write(file, layout, values);
            var error = Assert.Throws<InvalidDataException>(
                () => FrozenLayers.Read(new MemoryReader(file.ToArray()), split, s_hash));
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }

        var none = Assert.Throws<InvalidDataException>(
            () => FrozenLayers.Read(new MemoryReader("not safetensors"u8.ToArray()), split, s_hash));
        Assert.Contains("safetensors header", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_LayersWhoseOutputsOverflow_BlamesTheExtractorAndNotTheSamples()
    {
        var split = ModelSplit.Cut(s_model, [0]);
        var parameters = new float[split.Frozen.ParameterCount];
        parameters.AsSpan().Fill(3e38f);
        var samples = new SampleSet(
            s_model.Input, s_model.Classes, [.. Enumerable.Repeat(9f, s_model.Input.Aggregate((a, b) => a * b))], [0]);

        var wrong = Assert.Throws<ArgumentException>(
            () => new FrozenLayers(split, s_hash, parameters).Apply(samples, CancellationToken.None));

        Assert.Contains(
            $"of sample 0: their extractor {s_hash} is of other inputs", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layout_BehindAnotherExtractor_IsAnother_AndItsFileNamesIt()
    {
        var split = ModelSplit.Cut(s_model, [0]);
        var layout = split.Head(s_hash).Layout;
        var vector = TestData.Uniform((int)layout.ParameterCount, 5);
        using var file = new MemoryStream();
        Safetensors.Write(file, layout, vector);
        var reader = new MemoryReader(file.ToArray());

        Assert.Equal(SafetensorsHeader.FileLength(layout), file.Length);
        Assert.Equal(s_hash, SafetensorsHeader.Read(reader).Layout.Extractor);
        Assert.Equal(vector, Safetensors.ReadParameters(reader, layout));
        Assert.Equal(s_hash, ControlVariates.Extend(layout).Extractor);
        var other = split.Head(new string('b', 64)).Layout;
        Assert.NotEqual(layout.Hash, other.Hash);
        Assert.Throws<InvalidDataException>(() => Safetensors.ReadParameters(reader, other));
        Assert.Throws<ArgumentException>(() => split.Head("short"));
    }
}
