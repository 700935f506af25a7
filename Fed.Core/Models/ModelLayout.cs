using System.Security.Cryptography;
using System.Text;

namespace Fed.Core.Models;

/// <summary>
/// The documented order of a model's tensors in its flat float32 vector: row-major, in the order given, without gaps.
/// Two parties that share <see cref="Hash"/> agree on the meaning of every parameter.
/// </summary>
public sealed class ModelLayout
{
    /// <param name="tensors">Names and shapes in order; names must be unique, sides at least 1.</param>
    /// <param name="extractor">As <see cref="Extractor"/>.</param>
    /// <exception cref="ArgumentException">No tensor, an impossible or repeated name, a side below 1, or an extractor
    /// that is no SHA-256.</exception>
    public ModelLayout(IEnumerable<(string Name, IReadOnlyList<int> Shape)> tensors, string? extractor = null)
    {
        if (extractor is not null && !(extractor.Length == 64 && extractor.All(char.IsAsciiHexDigitLower)))
            throw new ArgumentException($"the extractor '{extractor}' is no SHA-256 of 64 lower-case hex digits");
        Extractor = extractor;
        var slots = new List<TensorSlot>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        long offset = 0;
        foreach (var (name, shape) in tensors)
        {
            // A line break would let two layouts share one canonical text; __metadata__ is taken by safetensors.
            if (name.Length == 0 || name.Any(char.IsControl) || name == "__metadata__")
            {
                throw new ArgumentException(
                    $"tensor name '{name}' is not possible; use one line of printable characters");
            }

            if (!names.Add(name))
                throw new ArgumentException($"tensor '{name}' appears twice in the layout; give each its own name");
            if (shape.Any(side => side < 1))
                throw new ArgumentException($"tensor '{name}' has shape [{string.Join(',', shape)}]; sides start at 1");
            var slot = new TensorSlot(name, shape.ToArray(), offset);
            slots.Add(slot);
            offset = checked(offset + slot.Length);
        }

        if (slots.Count == 0)
            throw new ArgumentException("a layout needs at least one tensor");
        Tensors = slots;
        ParameterCount = offset;
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToString())));
    }

    public IReadOnlyList<TensorSlot> Tensors { get; }

    /// <summary>Length of the flat vector.</summary>
    public long ParameterCount { get; }

    /// <summary>
    /// SHA-256 (lower-case hex) of the file of frozen layers whose outputs these tensors work on; null: the model is
    /// whole. It is a part of what the parameters mean, so it is a part of <see cref="Hash"/>.
    /// </summary>
    public string? Extractor { get; }

    /// <summary>SHA-256 (lower-case hex) of the canonical text of the layout.</summary>
    public string Hash { get; }

    /// <summary>
    /// The canonical text: one <c>name[d0,d1,...]</c> a line, and before them <c>extractor=SHA256</c> where there is
    /// one.
    /// </summary>
    public override string ToString() => string.Join('\n', Lines());

    /// <summary>Where this layout, of something that was found, is not the one that is needed.</summary>
    public string DifferenceFrom(ModelLayout needed)
    {
        if (Extractor != needed.Extractor)
            return $"its extractor is {Extractor ?? "none"}, the specification's is {needed.Extractor ?? "none"}";
        string[] theirs = [.. Tensors.Select(Line)], ours = [.. needed.Tensors.Select(Line)];
        var first = theirs.Zip(ours).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"its tensor {first + 1} is {At(theirs)}, the specification's is {At(ours)}";

        string At(string[] tensors) => first < tensors.Length ? tensors[first] : "missing";
    }

    /// <summary>Whether its first tensors are those of <paramref name="part"/>, in their order and shapes.</summary>
    public bool BeginsWith(ModelLayout part) => Tensors.Count >= part.Tensors.Count
        && part.Tensors.Select(Line).SequenceEqual(Tensors.Take(part.Tensors.Count).Select(Line));

    private IEnumerable<string> Lines() =>
        (Extractor is null ? [] : (IEnumerable<string>)[$"extractor={Extractor}"]).Concat(Tensors.Select(Line));

    private static string Line(TensorSlot slot) => $"{slot.Name}[{string.Join(',', slot.Shape)}]";
}

/// <summary>One tensor's place in the flat parameter vector.</summary>
/// <param name="Name">Unique within the layout, for example <c>conv1.weight</c>.</param>
/// <param name="Shape">Row-major dimensions, each at least 1.</param>
/// <param name="Offset">Index of its first parameter in the flat vector.</param>
public sealed record TensorSlot(string Name, IReadOnlyList<int> Shape, long Offset)
{
    /// <summary>Number of parameters: the product of the shape.</summary>
    public long Length => Shape.Aggregate(1L, (product, side) => checked(product * side));
}
