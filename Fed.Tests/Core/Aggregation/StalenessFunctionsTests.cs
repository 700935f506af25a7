using Fed.Core.Aggregation;

namespace Fed.Tests.Core.Aggregation;

public sealed class StalenessFunctionsTests
{
    [Theory]
    [InlineData("constant", typeof(ConstantStaleness))]
    [InlineData("polynomial:0.5", typeof(PolynomialStaleness))]
    [InlineData("hinge:10,4", typeof(HingeStaleness))]
    [InlineData("hinge:1e-3,0", typeof(HingeStaleness))]
    [InlineData("exponential:2", typeof(ExponentialStaleness))]
    public void Parse_EveryForm_IsKnown(string text, Type expected) =>
        Assert.IsType(expected, StalenessFunctions.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("constant:1")]
    [InlineData("constant:")]
    [InlineData("Constant")]
    [InlineData("polynomial")]
    [InlineData("polynomial:")]
    [InlineData("polynomial:0")]
    [InlineData("polynomial:-1")]
    [InlineData("polynomial:1,2")]
    [InlineData("polynomial:0,5,")]
    [InlineData("polynomial:NaN")]
    [InlineData("polynomial:Infinity")]
    [InlineData("hinge:10")]
    [InlineData("hinge:0,4")]
    [InlineData("hinge:10,-1")]
    [InlineData("exponential:1e999")]
    [InlineData("quadratic:1")]
    public void Parse_AnythingElse_IsRefusedWithTheForms(string text)
    {
        var message = Assert.Throws<ArgumentException>(() => StalenessFunctions.Parse(text)).Message;
        Assert.Contains($"'{text}'", message, StringComparison.Ordinal);
        Assert.Contains(StalenessFunctions.Forms, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructors_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PolynomialStaleness(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialStaleness(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HingeStaleness(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HingeStaleness(1, -1));
    }
}
