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
    /// <exception cref="ArgumentException">No tensor, an impossible or repeated name, or a side below 1.</exception>
    public ModelLayout(IEnumerable<(string Name, IReadOnlyList<int> Shape)> tensors)
    {
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

    /// <summary>SHA-256 (lower-case hex) of the canonical text of the layout.</summary>
    public string Hash { get; }

    /// <summary>The canonical text: one <c>name[d0,d1,...]</c> a line.</summary>
    public override string ToString() =>
        string.Join('\n', Tensors.Select(slot => $"{slot.Name}[{string.Join(',', slot.Shape)}]"));
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
