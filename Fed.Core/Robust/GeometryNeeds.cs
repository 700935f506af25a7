namespace Fed.Core.Robust;

/// <summary>What a rule must know of its updates as whole vectors before it can combine them.</summary>
[Flags]
public enum GeometryNeeds
{
    /// <summary>Nothing: each parameter is judged for itself.</summary>
    None = 0,

    /// <summary>|x_i|^2: K D operations.</summary>
    Norms = 1,

    /// <summary>|x_i - x_j|^2 of all pairs: K (K-1) / 2 D operations.</summary>
    Distances = 2,

    /// <summary>x_i . x_j of all pairs: K (K-1) / 2 D operations.</summary>
    Products = 4,

    /// <summary>An update of the server's own stands beside the others.</summary>
    Reference = 8,
}
