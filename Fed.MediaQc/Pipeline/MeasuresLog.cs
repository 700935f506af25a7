using System.Globalization;

namespace Fed.MediaQc.Pipeline;

/// <summary>
/// Writes what was measured on each labelled patch, as CSV, for whoever sets or checks the thresholds.
/// </summary>
internal sealed class MeasuresLog : IDisposable
{
    private readonly StreamWriter writer;

    public MeasuresLog(string path)
    {
        writer = new StreamWriter(path);
        writer.WriteLine(
            "set,source,options,fault,class,severity,errorRms,sourceDetail,detailKept,blockExcess,blockRatio,sourceRange,deliveredRange,sourceFlat,"
            + "deliveredFlat,sourceMotion,deliveredMotion,errorDetail");
    }

    public void Add(string set, IEnumerable<Candidate> candidates)
    {
        foreach (var c in candidates)
        {
            var m = c.Measures;
            var name = $"{set},{c.Job.Source},{c.Job.Options},{c.Job.Fault?.Kind},{c.Label.Class},{c.Label.Severity},";
            writer.WriteLine(name + string.Create(
                CultureInfo.InvariantCulture,
                $"{m.ErrorRms:f3},{m.SourceDetail:f3},{m.DetailKept:f3},{m.BlockExcess:f3},{m.BlockRatio:f3},"
                + $"{m.SourceRange:f0},{m.DeliveredRange:f0},"
                + $"{m.SourceFlat:f3},{m.DeliveredFlat:f3},{m.SourceMotion:f3},{m.DeliveredMotion:f3},"
                + $"{m.ErrorDetail:f3}"));
        }
    }

    public void Dispose() => writer.Dispose();
}
