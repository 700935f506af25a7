using Fed.Core.Text;

namespace Fed.Core.Staleness;

/// <summary>Staleness functions by their text, as settings name them.</summary>
public static class StalenessFunctions
{
    public const string Forms = "constant, polynomial:a, hinge:a,b or exponential:a";

    /// <param name="text">For example <c>polynomial:0.5</c>.</param>
    /// <exception cref="ArgumentException">Unknown name, or a parameter is missing or out of range.</exception>
    public static IStalenessFunction Parse(string text) => NameWithNumbers.TryParse(text, out var name, out var numbers)
        ? (name, numbers) switch
        {
            ("constant", []) => new ConstantStaleness(),
            ("polynomial", [> 0 and var a]) => new PolynomialStaleness(a),
            ("hinge", [> 0 and var a, >= 0 and var b]) => new HingeStaleness(a, b),
            ("exponential", [> 0 and var a]) => new ExponentialStaleness(a),
            _ => throw Unknown(text),
        }
        : throw Unknown(text);

    private static ArgumentException Unknown(string text) =>
        new($"staleness '{text}' is not known; use {Forms}, with a above 0 and b at least 0");
}
