using Fed.MediaQc.Audio;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;
using Fed.Training;

namespace Fed.Tests.MediaQc.Learned;

/// <summary>ONNX files of models whose answers are known.</summary>
internal static class TestModels
{
    private const string OfPictures = """
        {"name":"one layer","input":[16,8,8],"loss":"softmaxCrossEntropy","layers":[{"type":"dense","units":9}]}
        """;

    public static ModelCard Card { get; } = new(
        "media-qc", QcClasses.Names, "qc-v2", "codecs", 12, new string('a', 64));

    /// <summary>Whatever it sees, it is sure that it is this.</summary>
    public static byte[] Always(string fault, ModelCard? card = null)
    {
        var model = ModelSpecification.Parse(OfPictures);
        var parameters = new float[model.Layout.ParameterCount];
        parameters[^(QcClasses.Names.Count - QcClasses.Index(fault))] = 9;
        return Written(model, parameters, card ?? Card);
    }

    /// <summary>Noise from a level of the picture on, clean below: map 7 is (level - 110) / 55.</summary>
    public static byte[] NoiseAbove(int level)
    {
        const int maps = 16, places = 64, map = 7;
        var model = ModelSpecification.Parse(OfPictures);
        var parameters = new float[model.Layout.ParameterCount];
        var noise = QcClasses.Index(QcClasses.Noise);
        parameters.AsSpan((noise * maps + map) * places, places).Fill(50f / places);
        parameters[^(QcClasses.Names.Count - noise)] = -50 * (level - 110) / 55f;
        return Written(model, parameters, Card);
    }

    /// <summary>Noise where the bands of a second are as loud as the loudest, clean where most are silent: map 0 is
    /// (level - 19) / 10.</summary>
    public static byte[] NoiseOfSound(ModelCard? card = null)
    {
        const int maps = 6, places = 256;
        var model = ModelSpecification.Parse("""
            {"name":"sound","input":[6,16,16],"loss":"softmaxCrossEntropy","layers":[{"type":"dense","units":7}]}
            """);
        var parameters = new float[model.Layout.ParameterCount];
        var noise = AudioClasses.Index(AudioClasses.Noise);
        parameters.AsSpan(noise * maps * places, places).Fill(20f / places);
        parameters[^(AudioClasses.Names.Count - noise)] = -10;
        parameters[^AudioClasses.Names.Count] = 4;
        return Written(model, parameters, card ?? OfSound);
    }

    public static ModelCard OfSound { get; } = new("audio-qc", AudioClasses.Names, AudioInputs.Name);

    /// <summary>Untrained, of any inputs.</summary>
    public static byte[] OneLayer(int[] input, ModelCard card)
    {
        var model = ModelSpecification.Parse(
            $$"""
            {"name":"one","input":[{{string.Join(',', input)}}],"loss":"softmaxCrossEntropy",
             "layers":[{"type":"dense","units":{{card.Classes.Count}}}]}
            """);
        return Written(model, model.Initialise(1), card);
    }

    /// <summary>Untrained.</summary>
    public static byte[] OfCues(string[] classes)
    {
        var model = ModelSpecification.Parse(
            $$"""
            {"name":"cues","input":[16,1,64],"loss":"softmaxCrossEntropy",
             "layers":[{"type":"dense","units":{{classes.Length}}}]}
            """);
        return Written(model, model.Initialise(1), new ModelCard("subtitle-qc", classes, "cues-v1"));
    }

    /// <summary>As a scan takes it.</summary>
    public static LearnedModels ForScan(params byte[][] onnx)
    {
        var models = new LearnedModels();
        foreach (var model in onnx)
            models.Add(LearnedModel.Of(model, "m.onnx"), "m.onnx");
        return models;
    }

    public static byte[] Written(ModelSpecification model, float[] parameters, ModelCard card)
    {
        using var file = new MemoryStream();
        OnnxModel.Write(file, model, parameters, card.ToMetadata());
        return file.ToArray();
    }
}
