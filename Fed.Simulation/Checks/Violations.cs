namespace Fed.Simulation.Checks;

/// <summary>What must not be, as found.</summary>
internal sealed class Violations
{
    private readonly List<string> _found = [];

    public IReadOnlyList<string> Found => _found;

    public void Add(string violation) => _found.Add(violation);

    public void Require(bool condition, string otherwise)
    {
        if (!condition)
            Add(otherwise);
    }
}
