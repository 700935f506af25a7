using System.Text.Json;
using System.Text.Json.Serialization;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Folders;

/// <summary>The task.json of a data folder.</summary>
/// <param name="Name">Name of the task, lower case with dashes.</param>
/// <param name="Classes">Class names; a label is an index.</param>
/// <param name="StoredShape">Shape of a stored patch: frames, height, width.</param>
/// <param name="Shape">Shape of a model input, after <paramref name="Features"/>.</param>
/// <param name="Features">Key of the feature extraction, see <see cref="FeatureExtraction"/>.</param>
/// <param name="Clusters">Cluster keys.</param>
/// <param name="Participants">Participants in the order in which a smaller federation takes them.</param>
/// <param name="Training">Recommended settings.</param>
public sealed record TaskDescription(
    string Name,
    string[] Classes,
    int[] StoredShape,
    int[] Shape,
    string Features,
    string[] Clusters,
    ParticipantDescription[] Participants,
    RecommendedTraining Training)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <exception cref="DataFileException">The file is missing, or is not a task description.</exception>
    public static TaskDescription Read(string path)
    {
        try
        {
            return JsonFile.Read<TaskDescription>(path, Json, "a task description");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "task.json is missing; is this the folder of a task?", error);
        }
    }
}

/// <summary>A participant and the cluster that it belongs to.</summary>
public sealed record ParticipantDescription(string Name, string Cluster);

/// <summary>Settings that were found to work; docs/data.md has the measurements.</summary>
/// <param name="LearningRate">Of the participants' SGD.</param>
/// <param name="Momentum">Of the participants' SGD, 0 to below 1.</param>
/// <param name="BatchSize">Samples a step.</param>
/// <param name="LocalEpochs">Passes over a participant's samples in a round.</param>
/// <param name="Rounds">Rounds, or passes for central and local training divided by the local epochs.</param>
/// <param name="ClusterShare">b in x_c = (1-b) x_global + b x_cluster, 0 to 1.</param>
/// <param name="ServerMomentum">beta of the global step: m = beta m + mean delta; x = x + m; 0 to below 1.</param>
/// <param name="LearningRateDecay">Share of the learning rate that is lost, linearly, by the last round; 0 to
/// below 1.</param>
public sealed record RecommendedTraining(
    double LearningRate,
    double Momentum,
    int BatchSize,
    int LocalEpochs,
    int Rounds,
    double ClusterShare,
    double ServerMomentum,
    double LearningRateDecay = 0);
