namespace Fed.Core.Robust;

/// <summary>One way to combine updates of which some may be hostile (docs/robustness.md). Stateless.</summary>
public interface IRobustRule
{
    /// <summary>The name in settings.</summary>
    string Name { get; }

    /// <summary>What a first pass over the blocks must measure.</summary>
    GeometryNeeds Needs { get; }

    /// <summary>Fewer updates cannot outvote what the rule is to withstand. At least 1.</summary>
    int Least => 1;

    /// <summary>Whether the rule judges updates by one that is trusted.</summary>
    bool NeedsReference => Needs.HasFlag(GeometryNeeds.Reference);

    /// <summary>The bound that <see cref="Least"/> comes from, as the rule's paper writes it.</summary>
    string Bound => "n >= 1";

    /// <exception cref="ArgumentException">There are fewer; the message names property, value, bound and
    /// remedy.</exception>
    void RequireEnough(int updates)
    {
        if (updates < Least)
        {
            throw new ArgumentException(
                $"{Name}: updates n is {updates}; {Bound} must hold, so n must be at least {Least}: raise the tier's "
                + "goal and quorum, or lower what the rule withstands");
        }
    }

    /// <summary>What the second pass does, for updates in canonical order.</summary>
    /// <param name="geometry">Measured as <see cref="Needs"/> says; null if it says nothing.</param>
    internal RobustPlan Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry);
}
