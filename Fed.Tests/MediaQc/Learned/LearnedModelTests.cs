using Fed.MediaQc.Files;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;
using Fed.Training;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>Files that say what they are, and files that are none.</summary>
public sealed class LearnedModelTests
{
    [Fact]
    public void Open_AnExportedModel_SaysWhatItIsAndPredicts()
    {
        using var model = LearnedModel.Of(TestModels.Always(QcClasses.Blur), "m");
        var probabilities = new float[2 * 9];

        model.Predict(new float[2 * 16 * 64], 2, probabilities);

        Assert.Equal(TestModels.Card with { Classes = model.Card.Classes }, model.Card);
        Assert.Equal(QcClasses.Names, model.Card.Classes);
        Assert.Equal([16, 8, 8], model.InputShape);
        var expected = Math.Exp(9) / (Math.Exp(9) + 8);
        Assert.Equal(expected, probabilities[2], 1e-5);
        Assert.Equal(expected, probabilities[9 + 2], 1e-5);
    }

    [Fact]
    public void Predict_WithWeightsThatAreNoNumbers_IsRefused()
    {
        var whole = TestModels.Always(QcClasses.Blur);
        // The bias of 9, as it stands in the file.
        var at = whole.AsSpan().IndexOf(BitConverter.GetBytes(9f));
        BitConverter.GetBytes(float.NaN).CopyTo(whole, at);
        using var model = LearnedModel.Of(whole, "m.onnx");

        var refused = Assert.Throws<DataFileException>(
            () => model.Predict(new float[model.InputLength], 1, new float[model.Card.Classes.Count]));

        Assert.Contains("m.onnx: it gives what is no probability", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none.onnx", "there is no such model; 'fed model export' writes one")]
    [InlineData("empty.onnx", "it has 0 bytes")]
    [InlineData("text.onnx", "it is no ONNX model that can be run")]
    [InlineData("cut.onnx", "it is no ONNX model that can be run")]
    [InlineData("bare.onnx", "its metadata have no 'task': it is not a QC model")]
    [InlineData("six.onnx", "a value for each of its 6 classes")]
    [InlineData("list.onnx", "classes are no JSON list of names")]
    public void Open_WhatIsNoModel_SaysWhatItIs(string name, string expected)
    {
        using var scratch = new Scratch();
        var whole = TestModels.Always(QcClasses.Blur);
        Write("empty.onnx", []);
        Write("text.onnx", "a model"u8.ToArray());
        Write("cut.onnx", whole[..(whole.Length / 2)]);
        Write("bare.onnx", Bare());
        Write("six.onnx", TestModels.Always(QcClasses.Blur, TestModels.Card with { Classes = QcClasses.Names.Take(6).ToList() }));
        Write("list.onnx", WithClasses("{}"));

        var refused = Assert.Throws<DataFileException>(() => LearnedModel.Open(scratch.File(name)));

        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        // Once: it is not said of itself.
        Assert.Equal(2, refused.Message.Split(name).Length);

        void Write(string file, byte[] bytes) => File.WriteAllBytes(scratch.File(file), bytes);
    }

    [Theory]
    [InlineData("qc-v9", "it takes features qc-v9; pictures are qc-v2, sound audio-v1")]
    [InlineData("scaled", "it takes features scaled")]
    public void Add_AModelOfSomethingElse_NamesItsFeatures(string features, string expected)
    {
        using var models = new LearnedModels();
        using var model = LearnedModel.Of(
            TestModels.Always(QcClasses.Blur, TestModels.Card with { Features = features }), "m.onnx");

        var refused = Assert.Throws<DataFileException>(() => models.Add(model, "m.onnx"));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_ASecondModelOfAKind_IsRefused()
    {
        using var models = new LearnedModels();
        models.Add(LearnedModel.Of(TestModels.Always(QcClasses.Blur), "a.onnx"), "a.onnx");
        using var second = LearnedModel.Of(TestModels.Always(QcClasses.Noise), "b.onnx");

        var refused = Assert.Throws<DataFileException>(() => models.Add(second, "b.onnx"));

        Assert.Contains("b.onnx: there is a model of qc-v2 already", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ok,early,late,wrong-text,missing-neighbour", null)]
    [InlineData("ok,late,early,wrong-text,missing-neighbour", "it tells ok, late, early, wrong-text")]
    [InlineData("ok,early,late,wrong-text", "it tells ok, early, late, wrong-text, and cues are ok, early, late")]
    public void Add_AModelOfCues_WantsTheClassesInTheirOrder(string classes, string? expected)
    {
        using var models = new LearnedModels();

        var refused = Record.Exception(() => models.Add(
            LearnedModel.Of(TestModels.OfCues(classes.Split(',')), "m.onnx"), "m.onnx"));

        if (expected is null)
            Assert.Null(refused);
        else
            Assert.Contains(expected, Assert.IsType<DataFileException>(refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_AModelOfSound_WantsItsClassesAndShapes()
    {
        using var models = new LearnedModels();
        models.Add(LearnedModel.Of(TestModels.NoiseOfSound(), "a.onnx"), "a.onnx");

        Assert.NotNull(models.Sound);
        Refuses("there is a model of audio-v1 already", models, TestModels.NoiseOfSound());
        Refuses(
            "it tells clean, clipping, level-jump, dropout, noise, narrow-band, unclear, and seconds of sound are clean, "
            + "clipping, dropout",
            new LearnedModels(),
            TestModels.NoiseOfSound(TestModels.OfSound with
            {
                Classes = ["clean", "clipping", "level-jump", "dropout", "noise", "narrow-band", "unclear"],
            }));
        Refuses(
            "features audio-v1 of what it sees are [6,16,16], and its inputs [16,8,8]",
            new LearnedModels(),
            TestModels.OneLayer([16, 8, 8], TestModels.OfSound));

        static void Refuses(string expected, LearnedModels models, byte[] onnx)
        {
            using var model = LearnedModel.Of(onnx, "b.onnx");
            var refused = Assert.Throws<DataFileException>(() => models.Add(model, "b.onnx"));
            Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Bare()
    {
        using var file = new MemoryStream();
        var model = ModelSpecification.Parse(
            """{"name":"bare","input":[4],"loss":"softmaxCrossEntropy","layers":[{"type":"dense","units":3}]}""");
        OnnxModel.Write(file, model, model.Initialise(1), new Dictionary<string, string>());
        return file.ToArray();
    }

    private static byte[] WithClasses(string json)
    {
        using var file = new MemoryStream();
        var model = ModelSpecification.Parse(
            """{"name":"list","input":[4],"loss":"softmaxCrossEntropy","layers":[{"type":"dense","units":3}]}""");
        var metadata = new Dictionary<string, string> { ["task"] = "t", ["features"] = "qc-v2", ["classes"] = json };
        OnnxModel.Write(file, model, model.Initialise(1), metadata);
        return file.ToArray();
    }
}
