using System.Security.Cryptography;
using Fed.Contracts.Federations;
using Fed.Contracts.Versions;
using Fed.Core.Models;
using Fed.Simulation.Checks;
using Fed.Simulation.Engine;
using Fed.Simulation.Silo;
using Fed.Simulation.Storage;
using Fed.Simulation.Workload;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fed.Simulation;

/// <summary>
/// One small federation of real actors in virtual time, disturbed as its seed says (docs/simulation.md). Runs on the
/// calling thread; the same seed gives the same events.
/// </summary>
internal sealed class FederationSimulation
{
    private const int DisturbedSteps = 2_500;
    private const int MostSteps = 40_000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);
    private static readonly byte[] InitialBytes = WriteInitialModel();
    private static readonly string InitialModel = Convert.ToHexStringLower(SHA256.HashData(InitialBytes));

    private readonly int _seed;
    private readonly SimulationOptions _options;
    private readonly EventQueue _events;
    private readonly FederationSettings _settings;
    private readonly FaultPlan _faults;
    private readonly SimulatedDisk _disk;
    private readonly DurableState _durable;
    private readonly Violations _violations = new();
    private readonly ReceiptBook _receipts;
    private readonly Exchange _exchange;
    private readonly SimulatedParticipant[] _participants;
    private readonly SimulatedCollector _collector;
    private readonly SimulatedSteward _steward;
    private readonly Disturbances _disturbances;
    private readonly ILoggerFactory _loggers;
    private SimulatedSilo _silo;
    private int _crashes;
    private bool _ended;

    private FederationSimulation(int seed, SimulationOptions options)
    {
        _seed = seed;
        _options = options;
        Scenario = Scenario.Draw(new Random(seed));
        _settings = HasSteward ? Longer(Scenario.Settings) : Scenario.Settings;
        _events = new EventQueue(seed);
        _events.Trace.Writer = options.Trace;
        _loggers = options.Trace is null ? NullLoggerFactory.Instance : new TraceLog(_events.Trace);
        _faults = new FaultPlan(_events, options.Faults);
        _disk = new SimulatedDisk(asJson: _events.Random.Next(8) == 0);
        _disk.Blobs[InitialModel] = InitialBytes;
        _durable = new DurableState(_disk, _settings.Name);
        _receipts = new ReceiptBook(_violations);
        _exchange = new Exchange(_events, _faults, () => _silo!);
        _participants = [.. _settings.Roster.Select(entry => new SimulatedParticipant(
            _events, _faults, _exchange, _settings, entry, _receipts, _violations))];
        _collector = new SimulatedCollector(
            _events, _faults, _exchange, _violations, options.Grace, options.CollectEvery);
        _steward = new SimulatedSteward(_events, _faults, _exchange, _settings, _violations);
        _disturbances = new Disturbances(_events.Random, _faults, DisturbedSteps);
        _silo = Boot();
    }

    public Scenario Scenario { get; }

    /// <summary>Runs a seed to its end and checks all invariants.</summary>
    public static SimulationResult Run(int seed, SimulationOptions? options = null)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var simulation = new FederationSimulation(seed, options ?? new SimulationOptions());
            var result = simulation.Run();
            if (simulation.Scenario.IsReproducible && !simulation.HasSteward && simulation._options.Faults && result.Violations.Count == 0)
                return RequireModel(result, new FederationSimulation(seed, new SimulationOptions { Faults = false }).Run());
            return result;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private static SimulationResult RequireModel(SimulationResult result, SimulationResult undisturbed) =>
        undisturbed.Violations.Count > 0 ? result with { Violations = undisturbed.Violations }
        : undisturbed.FinalModel == result.FinalModel ? result
        : result with
        {
            Violations = [$"the last model is {result.FinalModel}, without faults it is {undisturbed.FinalModel}"],
        };

    private SimulationResult Run()
    {
        _events.Trace.Note($"{_settings}");
        new TurnScheduler(_events, "operator", static () => true, _faults.Pause).Run(CreateAsync);
        foreach (var participant in _participants)
            _events.After(_events.UpTo(TimeSpan.FromSeconds(0.2)), "start", participant.Start);
        if (Collects)
            _collector.Start(() => !_ended);
        if (HasSteward)
            _steward.Start(() => !_ended);
        try
        {
            RunWhile(() => !Array.TrueForAll(_participants, participant => participant.IsDone), "to finish");
            if (_options.Faults)
                Finish();
        }
        catch (InvalidDataException missing)
        {
            _violations.Add(missing.Message);
        }

        if (_events.Escape is { } escape)
            _violations.Add($"something ran outside the simulation: {escape}");
        return new SimulationResult(
            _seed,
            _violations.Found,
            _events.Trace.Hash,
            _events.Steps,
            _crashes,
            _receipts.Promised.Count,
            TimeSpan.FromTicks(_events.Now),
            _collector.Removed,
            _steward.Rollbacks,
            _durable.Global()?.Model ?? "");
    }

    private void RunWhile(Func<bool> condition, string goal)
    {
        while (condition() && _violations.Found.Count == 0)
        {
            if (_events.Steps > MostSteps || !_events.Step())
            {
                _violations.Add(
                    $"{_events.Steps} events and {TimeSpan.FromTicks(_events.Now)} were not enough {goal}: "
                    + _durable.Summary(_settings.Clusters));
                return;
            }

            if (_faults.Active)
                Disturb();
        }
    }

    private void Disturb()
    {
        if (_events.Steps >= DisturbedSteps)
        {
            Heal();
            return;
        }

        switch (_disturbances.At(_events.Steps))
        {
            case Disturbance.Crash when _silo.IsAlive:
                Crash(_events.UpTo(TimeSpan.FromSeconds(_events.Chance(0.1) ? 20 : 1)));
                break;
            case Disturbance.Outage:
                _faults.BeginOutage(_events.UpTo(TimeSpan.FromSeconds(20)));
                _events.Trace.Note("the disks fail for a while");
                break;
            case Disturbance.Deactivation when _silo.Activations is { Length: > 0 } activations:
                var activation = activations[_events.Random.Next(activations.Length)];
                _events.Trace.Note($"deactivate {activation.GrainId}");
                SimulatedSilo.Deactivate(activation);
                break;
            case Disturbance.ParticipantCrash:
                var participant = _participants[_events.Random.Next(_participants.Length)];
                participant.Kill();
                _events.After(_events.UpTo(TimeSpan.FromSeconds(5)), "start", participant.Start);
                break;
        }
    }

    private void Crash(TimeSpan downtime)
    {
        _events.Trace.Note("the silo dies");
        _crashes++;
        _silo.Kill();
        _disk.LoseSince(_events.Now - _options.Defect.FlushesAfter.Ticks);
        CheckDurable();
        _events.After(downtime, "boot", () =>
        {
            if (!_silo.IsAlive)
                _silo = Boot();
        });
    }

    private void Heal()
    {
        _events.Trace.Note("from here on nothing fails");
        _faults.Heal();
        if (!_silo.IsAlive)
            _silo = Boot();
    }

    private SimulatedSilo Boot() => new(_events, _disk, _faults, _options.Defect, _loggers);

    /// <summary>In every third seed, old versions are given up and blobs collected.</summary>
    private bool Collects => _seed % 3 == 0;

    /// <summary>In every fourth, versions are promoted and rolled back.</summary>
    private bool HasSteward => _seed % 4 == 1;

    /// <summary>So that there is something to go back to.</summary>
    private static FederationSettings Longer(FederationSettings settings) =>
        settings with { TargetVersions = settings.TargetVersions + 2 };

    private async Task CreateAsync()
    {
        while (true)
        {
            try
            {
                await _exchange.CallAsync(
                    "create",
                    async silo =>
                    {
                        await silo.Grains.GetGrain<IFederationCatalogueGrain>(IFederationCatalogueGrain.Key)
                            .Add(_settings.Name);
                        await silo.Grains.GetGrain<IFederationGrain>(_settings.Name).Create(
                            _settings, InitialModel, Scenario.Layout.Hash, Scenario.Layout.ParameterCount);
                        return true;
                    },
                    TimeSpan.FromSeconds(10));
                return;
            }
            catch (Exception error) when (error is not Contracts.Refusals.RefusedException)
            {
                _events.Trace.Note($"create: {error.Message}");
                await _events.Delay(TimeSpan.FromMilliseconds(200), "retry");
            }
        }
    }

    /// <summary>What is still under way comes to its end; then everything is checked.</summary>
    private void Finish()
    {
        if (_crashes == 0)
            Crash(TimeSpan.Zero);
        Heal();
        var until = _events.Now + Settling.Ticks;
        new TurnScheduler(_events, "observer", static () => true, _faults.Pause).Run(() => ObserveAsync(until));
        RunWhile(() => _events.Now < until, "to settle");
        _ended = true;
        if (Collects)
            CollectLast();
        IReadOnlyList<VersionRecord>? records = null;
        new TurnScheduler(_events, "observer", static () => true, _faults.Pause).Run(async () =>
            records = await _silo.Grains.GetGrain<IModelRegistryGrain>(_settings.Name).GetVersions(null, int.MaxValue));
        RunWhile(() => records is null, "to read the registry");
        CheckDurable();
        if (_violations.Found.Count > 0)
            return;
        // Nothing that was read before a collection counts.
        var durable = new DurableState(_disk, _settings.Name);
        RollbackCheck.CheckStable(durable, durable.Stable(), _violations);
        RegistryCheck.Run(durable, _settings, records!, _violations);
        new RecomputeCheck(durable, _disk, _settings, InitialModel, _violations).Run();
        var global = _durable.Global();
        _violations.Require(
            global is { Finished: true } && (global.Version == _settings.TargetVersions || HasSteward),
            $"the federation has finished with version {global?.Version} of {_settings.TargetVersions}");
    }

    /// <summary>When all that was written is old.</summary>
    private void CollectLast()
    {
        var old = _events.Now + _options.Grace.Ticks;
        _events.After(_options.Grace, "collect", static () => { });
        RunWhile(() => _events.Now < old, "to let blobs grow old");
        var before = _collector.Collections;
        new TurnScheduler(_events, "collector", static () => true, _faults.Pause).Run(_collector.CollectAsync);
        RunWhile(() => _collector.Collections == before, "to collect");
    }

    /// <summary>As the status page does: whoever has something left to do is active.</summary>
    private async Task ObserveAsync(long until)
    {
        while (_events.Now < until)
        {
            await _silo.Grains.GetGrain<IFederationGrain>(_settings.Name).GetStatus();
            await _events.Delay(Settling / 5, "status");
        }
    }

    private void CheckDurable()
    {
        LedgerCheck.Run(_durable, _settings.Clusters, _receipts, _violations);
        new ChainCheck(_durable, _settings, _violations).Run();
        RollbackCheck.Run(_durable, _settings, _violations);
    }

    private static byte[] WriteInitialModel()
    {
        var random = new Random(7);
        var values = new float[Scenario.Layout.ParameterCount];
        foreach (ref var value in values.AsSpan())
            value = random.NextSingle() - 0.5f;
        using var file = new MemoryStream();
        Safetensors.Write(file, Scenario.Layout, values);
        return file.ToArray();
    }
}
