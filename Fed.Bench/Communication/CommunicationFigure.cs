namespace Fed.Bench.Communication;

/// <summary>One codec.</summary>
/// <param name="UpdateBytes">Mean size of an encoded update: header, index and blocks.</param>
/// <param name="TimesFewer">How many times smaller that is than as float32.</param>
/// <param name="Accuracy">On held-out content, 0 to 1: the mean over codecs of the media and over seeds.</param>
/// <param name="PointsLost">Percentage points below float32's accuracy, the mean over seeds; below 0: gained.</param>
/// <param name="StandardError">Of <paramref name="PointsLost"/>, from its spread over the seeds.</param>
public sealed record CommunicationRow(
    string Codec, double UpdateBytes, double TimesFewer, double Accuracy, double PointsLost, double StandardError);

/// <param name="Rounds">Of every run.</param>
/// <param name="Seeds">Runs of each codec, with seeds from 1.</param>
/// <param name="GoalMet">Whether some codec sends at least 50 times fewer bytes and loses at most 1 point.</param>
public sealed record CommunicationFigure(
    string Task, int Participants, int Rounds, int Seeds, bool GoalMet, IReadOnlyList<CommunicationRow> Rows);
