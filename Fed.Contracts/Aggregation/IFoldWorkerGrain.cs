using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>
/// Decides nothing: computes folds and mixes. Stateless, so it runs beside its caller. Key: any; <c>fold</c> by habit.
/// </summary>
[Alias("fed.IFoldWorkerGrain")]
public interface IFoldWorkerGrain : IGrainWithStringKey
{
    [Alias("Fold")]
    Task<FoldResult> Fold(FoldRequest request);

    /// <summary>(1-b) x global + b x own, element-wise; returns the SHA-256 of the mixed model.</summary>
    [Alias("Mix")]
    Task<string> Mix(string globalModel, string ownModel, double specialisation);

    /// <summary>x of the first [x; c] and c of the second; returns the SHA-256 of the spliced model.</summary>
    [Alias("Splice")]
    Task<string> Splice(string first, string second);
}
