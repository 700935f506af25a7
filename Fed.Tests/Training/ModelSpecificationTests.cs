using Fed.Training;

namespace Fed.Tests.Training;

public sealed class ModelSpecificationTests
{
    [Fact]
    public void Parse_ConvolutionalModel_GivesShapesAndALayoutInPyTorchsOrder()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);

        Assert.Equal(
            ["2,9,7", "3,9,7", "3,9,7", "3,4,3", "4,2,2", "4,2,2", "4,1,1", "5", "5", "3"],
            model.Shapes.Select(shape => string.Join(',', shape)));
        Assert.Equal(
            """
            0.weight[3,2,3,3]
            0.bias[3]
            3.weight[4,3,3,3]
            3.bias[4]
            6.weight[5,4]
            6.bias[5]
            8.weight[3,5]
            8.bias[3]
            """,
            model.Layout.ToString());
        Assert.Equal(3, model.Classes);
    }

    [Theory]
    // McMahan 2017: the 2NN of 199,210 parameters and the CNN of 1,663,370.
    [InlineData("""
        [784]|{"type":"dense","units":200},{"type":"relu"},{"type":"dense","units":200},{"type":"relu"},
        {"type":"dense","units":10}
        """, 199_210)]
    [InlineData("""
        [1,28,28]|{"type":"conv2d","filters":32,"kernel":5,"padding":2},{"type":"relu"},{"type":"maxPool2d","size":2},
        {"type":"conv2d","filters":64,"kernel":5,"padding":2},{"type":"relu"},{"type":"maxPool2d","size":2},
        {"type":"dense","units":512},{"type":"relu"},{"type":"dense","units":10}
        """, 1_663_370)]
    public void Parse_ModelsOfTheFedAvgPaper_HaveItsParameterCounts(string model, int parameters)
    {
        var (input, layers) = (model.Split('|')[0], model.Split('|')[1]);

        Assert.Equal(parameters, ModelSpecification.Parse(Json(input.Trim(), layers)).Layout.ParameterCount);
    }

    [Theory]
    [InlineData("layer 0 has type 'lstm'; use conv2d", "[4]", """{"type":"lstm"}""")]
    [InlineData("layer 0 has an unknown property 'unit'", "[4]", """{"type":"dense","unit":3}""")]
    [InlineData("layer 0 needs units, 1 to 1000000", "[4]", """{"type":"dense"}""")]
    [InlineData("layer 0: units is 0; it must be", "[4]", """{"type":"dense","units":0}""")]
    [InlineData("layer 0: units is 2.5; it must be", "[4]", """{"type":"dense","units":2.5}""")]
    [InlineData("""layer 0: units is "3"; it must be""", "[4]", """{"type":"dense","units":"3"}""")]
    [InlineData("layer 0 needs a rate of 0 to below 1", "[4]", """{"type":"dropout","rate":1}""")]
    [InlineData("layer 0 needs type, a string", "[4]", """{"units":3}""")]
    [InlineData("layer 0 must be a JSON object", "[4]", "7")]
    [InlineData("layer 0 (conv2d): needs an input of shape [channels,height,width], got [4]", "[4]",
        """{"type":"conv2d","filters":2,"kernel":3}""")]
    [InlineData("layer 0 (conv2d): kernel 5 does not fit a side of 3 with padding 0", "[1,9,3]",
        """{"type":"conv2d","filters":2,"kernel":5}""")]
    [InlineData("layer 0: stride is 0", "[1,9,9]", """{"type":"conv2d","filters":2,"kernel":3,"stride":0}""")]
    [InlineData("layer 0 (maxPool2d): size 4 is larger than the input's 9 x 3", "[1,9,3]",
        """{"type":"maxPool2d","size":4}""")]
    [InlineData("the model has no parameters", "[4]", """{"type":"relu"}""")]
    [InlineData("the last layer gives shape [1]", "[4]", """{"type":"dense","units":1}""")]
    [InlineData("the last layer gives shape [2,9,9]", "[1,9,9]", """{"type":"conv2d","filters":2,"kernel":1}""")]
    [InlineData("input has a side 0", "[0]", """{"type":"dense","units":3}""")]
    [InlineData("input has 2 sides", "[4,4]", """{"type":"dense","units":3}""")]
    [InlineData("the input of shape [60000,60000,3] exceeds", "[60000,60000,3]", """{"type":"dense","units":3}""")]
    [InlineData("layer 0 (dense): its weight of shape [1000000,65536] exceeds", "[65536]",
        """{"type":"dense","units":1000000}""")]
    [InlineData("720047000 parameters exceed 536870911", "[15000]",
        """{"type":"dense","units":16000},{"type":"dense","units":15000},{"type":"dense","units":16000}""")]
    [InlineData("layer 0 (conv2d): its output of shape [4096,1000,1000] exceeds", "[1,1000,1000]",
        """{"type":"conv2d","filters":4096,"kernel":1}""")]
    [InlineData("layers has 0 entries", "[4]", "")]
    public void Parse_BadModel_SaysWhereAndWhatIsWrong(string reason, string input, string layers) =>
        Assert.StartsWith(reason, Refusal(Json(input, layers)));

    [Theory]
    [InlineData("the model specification is not JSON", "{")]
    [InlineData("the model specification must be a JSON object", "[]")]
    [InlineData("the model needs loss, a string", """{"name":"m","input":[4],"layers":[]}""")]
    [InlineData("loss is 'hinge'; only softmaxCrossEntropy", """{"name":"m","input":[4],"layers":[],"loss":"hinge"}""")]
    [InlineData("the model has an unknown property 'optimizer'", """{"optimizer":1}""")]
    [InlineData("input is missing", """{"name":"m","layers":[],"loss":"softmaxCrossEntropy"}""")]
    [InlineData("layers is missing", """{"name":"m","input":[4],"loss":"softmaxCrossEntropy"}""")]
    [InlineData("the model specification is not JSON", """{"name":"m","name":"n"}""")]
    public void Parse_BadDocument_SaysWhatIsWrong(string reason, string json) =>
        Assert.StartsWith(reason, Refusal(json));

    [Fact]
    public void Parse_TooManyLayers_IsRefused() => Assert.Contains(
        "layers has 257 entries; 1 to 256",
        Refusal(Json("[4]", string.Join(',', Enumerable.Repeat("""{"type":"relu"}""", 257)))));

    [Fact]
    public void Initialise_SameSeed_GivesTheSameBitsWithinHesBoundsAndZeroBiases()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);
        var parameters = model.Initialise(3);

        Assert.Equal(parameters, model.Initialise(3));
        Assert.NotEqual(parameters, model.Initialise(4));
        foreach (var slot in model.Layout.Tensors)
        {
            var values = parameters[(int)slot.Offset..(int)(slot.Offset + slot.Length)];
            var limit = slot.Name.EndsWith("bias") ? 0 : Math.Sqrt(6.0 / (slot.Length / slot.Shape[0]));
            Assert.All(values, value => Assert.InRange(Math.Abs(value), 0, limit));
            Assert.True(limit == 0 || values.Max(Math.Abs) > limit / 2);
        }
    }

    private static string Refusal(string json) =>
        Assert.Throws<SpecificationException>(() => ModelSpecification.Parse(json)).Message;

    private static string Json(string input, string layers) =>
        $$"""{"name":"m","input":{{input}},"layers":[{{layers}}],"loss":"softmaxCrossEntropy"}""";
}
