using Fed.Client.Agent;
using Fed.Contracts.Federations;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Cli.Demo;

/// <summary>
/// What the federations are measured against, with the same model, start, settings and number of passes: every
/// participant alone, and everybody's data in one place.
/// </summary>
internal sealed class Baselines(ModelSpecification model, FederationSettings settings, int passes, TrainerKind kind)
{
    /// <param name="Local">Participant to its model's parameters.</param>
    /// <param name="Centralised">The pooled model's parameters.</param>
    public sealed record Models(IReadOnlyDictionary<string, float[]> Local, float[] Centralised);

    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <exception cref="MediaQc.Files.DataFileException">A participant's data are missing or damaged.</exception>
    public Task<Models> TrainAsync(
        IReadOnlyList<DataParticipant> participants, Action<double> progress, CancellationToken cancellationToken) =>
        Task.Run(() => Train(participants, progress, cancellationToken), cancellationToken);

    private Models Train(
        IReadOnlyList<DataParticipant> participants, Action<double> progress, CancellationToken cancellationToken)
    {
        var sets = participants.Select(participant => ParticipantFolder.Open(participant.Directory).Train).ToArray();
        // The pooled job first: it is as long as all the others together.
        SampleSet[] jobs = [SampleSet.Concat(sets), .. sets];
        var total = 2L * jobs[0].Count * passes;
        var done = 0L;
        var models = new float[jobs.Length][];
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        Parallel.For(0, jobs.Length, parallel, job =>
        {
            void Trained(int examples) => progress((double)Interlocked.Add(ref done, examples) / total);
            models[job] = Train(jobs[job], job, Trained, cancellationToken);
        });
        var local = participants.Select((participant, i) => (participant.Name, Parameters: models[i + 1]));
        return new Models(local.ToDictionary(entry => entry.Name, entry => entry.Parameters), models[0]);
    }

    private float[] Train(SampleSet data, int job, Action<int> trained, CancellationToken cancellationToken)
    {
        var trainer = LocalTrainer.Create(model, kind);
        var parameters = model.Initialise(settings.Seed);
        for (var pass = 0; pass < passes; pass++)
        {
            var seed = unchecked((settings.Seed * 1_000_003 + job) * 1_009 + pass) & int.MaxValue;
            trainer.Train(
                parameters,
                data,
                TrainingPolicies.ToSettings(settings.Training.At(pass, passes) with { Epochs = 1 }, seed),
                cancellationToken);
            trained(data.Count);
        }

        return parameters;
    }
}
