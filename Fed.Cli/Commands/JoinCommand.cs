using System.CommandLine;
using Fed.Cli.Join;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;
using Fed.Core.FailPoints;
using Fed.Training;

namespace Fed.Cli.Commands;

/// <summary><c>fed join</c>: one participant's agent.</summary>
internal static class JoinCommand
{
    private static readonly Option<string?> Server = new("--server")
    {
        Description = "Address of the silo, for example http://127.0.0.1:8080; behind a proxy with its path. Of a "
            + "cluster several, with commas: each takes over where the one before fails",
        HelpName = "URL[,URL]",
    };

    private static readonly Option<string?> Orleans = new("--orleans")
    {
        Description = "Instead of --server, inside the silos' own network: where they listen for Orleans clients, for "
            + "example 10.0.0.1:30000,10.0.0.2:30000",
        HelpName = "HOST:PORT[,HOST:PORT]",
    };

    private static readonly Option<string?> Certificate = new("--orleans-cert")
    {
        Description = "With --orleans: the participant's certificate, PEM or PFX, if silos listen with TLS",
        HelpName = "FILE",
    };

    private static readonly Option<string?> CertificateKey = new("--orleans-key")
    {
        Description = "Its private key, PEM (default: it stands in the file of the certificate)",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Authority = new("--orleans-ca")
    {
        Description = "Certificate of the private authority that issues silos' and participants' certificates, PEM",
        HelpName = "FILE",
    };

    private static readonly Option<string> Service = new("--orleans-service")
    {
        Description = "Service id of the silos, if FED_Orleans__ServiceId is set there",
        HelpName = "ID",
        DefaultValueFactory = _ => WireFormat.Service,
    };

    private static readonly Option<string> SiloCluster = new("--orleans-cluster")
    {
        Description = "Cluster id of the silos, if FED_Orleans__ClusterId is set there; not --cluster",
        HelpName = "ID",
        DefaultValueFactory = _ => WireFormat.Service,
    };

    private static readonly Option<string[]> Federations = new("--federation")
    {
        Description = "Federation to take part in; repeatable, each with its --cluster, served one after the other",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Participant = new("--participant")
    {
        Description = "Name of this participant on the roster",
        Required = true,
    };

    private static readonly Option<string[]> Clusters = new("--cluster")
    {
        Description = "Cluster that the roster has it in, one for each --federation",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Data = new("--data")
    {
        Description = "The participant's own folder with train.fqc and validation.fqc; no sample leaves this machine",
        Required = true,
    };

    private static readonly Option<string?> State = new("--state")
    {
        Description = "Folder of its key, its sequence number and cached models (default: .fed/join/PARTICIPANT)",
    };

    private static readonly Option<bool> ShareLabels = new("--share-labels")
    {
        Description = "Let reports say how many training examples there are of each class, for the federation's metrics",
    };

    private static readonly Option<bool> ShareFeatures = new("--share-features")
    {
        Description = "Let reports have mean and variance of each feature of the training examples, likewise",
    };

    private static readonly Option<double> Lag = new("--lag")
    {
        Description = "Seconds between training and sending, to see what becomes of a slow participant: 0 (default) to "
            + "86400",
    };

    private static readonly Option<double> Patience = new("--patience")
    {
        Description = "Seconds without a byte, 1 to 600, after which a request counts as failed",
        DefaultValueFactory = _ => 30,
    };

    private static readonly Option<TrainerKind> Trainer = TrainerOption.Create();

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print progress as JSON, one object a line",
    };

    private static readonly Option<bool> StopWithInput = new("--stop-with-stdin")
    {
        Description = "Stop when standard input ends, for programs that start this one",
    };

    private static Option<string?>[] TlsOptions => [Certificate, CertificateKey, Authority];

    private static Option[] OrleansOptions => [.. TlsOptions, Service, SiloCluster];

    static JoinCommand()
    {
        RequireClusterName(Service);
        RequireClusterName(SiloCluster);
        Lag.Within(0, 86_400, "--lag must be 0 to 86400 seconds");
        Patience.Within(1, 600, "--patience must be 1 to 600 seconds");
        // Of an option that is always there: errors of a command keep those of its options from being told.
        Federations.Validators.Add(result =>
        {
            if (result.GetValue(Server) is null == result.GetValue(Orleans) is null)
                result.AddError("give --server or --orleans, one of them");
            if (result.GetValue(Orleans) is null)
            {
                foreach (var option in OrleansOptions.Where(each => result.GetResult(each) is { Implicit: false }))
                    result.AddError($"{option.Name} is for --orleans");
            }
        });
    }

    public static Command Create(Func<ParticipantOptions, AgentLog, CancellationToken, Task> run)
    {
        var command = new Command(
            "join", "Take part in a federation: train here, send what was learned, never a sample")
        {
            Server, Orleans, Certificate, CertificateKey, Authority, Service, SiloCluster, Federations, Participant,
            Clusters, Data, State, Trainer, ShareLabels, ShareFeatures, Lag, Patience, Json, StopWithInput,
        };
        command.SetAction((parsed, interrupted) =>
        {
            var stop = parsed.GetValue(StopWithInput) ? ParentWatch.Start(interrupted) : interrupted;
            return Failures.ReportAsync(
                "fed join",
                async () =>
                {
                    FailPoint.ArmFromEnvironment();
                    var log = new AgentLog(Console.Out, parsed.GetValue(Json));
                    await run(ReadOptions(parsed), log, stop);
                    return ExitCode.Success;
                },
                stop);
        });
        return command;
    }

    public static async Task TakePartAsync(
        ParticipantOptions options, AgentLog log, CancellationToken cancellationToken)
    {
        using var export = AgentExport.Start(options.Participant);
        var participant = new FederationParticipant(options)
        {
            OnEvent = line =>
            {
                log.Write(line);
                export?.Metrics.Hear(line);
            },
        };
        await participant.RunAsync(cancellationToken);
    }

    private static ParticipantOptions ReadOptions(ParseResult parsed)
    {
        var participant = Name(parsed.GetValue(Participant), "--participant");
        var federations = parsed.GetValue(Federations)!;
        var clusters = parsed.GetValue(Clusters)!;
        if (federations.Length != clusters.Length)
        {
            throw new ArgumentException(
                $"{federations.Length} --federation and {clusters.Length} --cluster were given; "
                + "each federation needs its cluster");
        }

        Uri[] servers = parsed.GetValue(Server) is { } addresses
            ? [.. addresses.Split(',').Select(text => ServerAddress.Parse(text, "--server"))]
            : [];
        var patience = TimeSpan.FromSeconds(parsed.GetValue(Patience));
        var usual = new ClientTimeouts();
        return new ParticipantOptions(
            servers.FirstOrDefault(),
            participant,
            [.. federations.Zip(clusters, (federation, cluster) =>
                new Membership(Name(federation, "--federation"), Name(cluster, "--cluster")))],
            parsed.GetValue(Data)!,
            parsed.GetValue(State) ?? Path.Combine(".fed", "join", participant))
        {
            OtherServers = [.. servers.Skip(1)],
            Gateways = parsed.GetValue(Orleans) is { } gateways
                ? ReadGateways(parsed, gateways)
                : OrleansGateways.None,
            Tls = TlsOptions.Any(option => parsed.GetValue(option) is not null)
                ? MutualTls.Load(
                    parsed.GetValue(Certificate),
                    parsed.GetValue(CertificateKey),
                    parsed.GetValue(Authority),
                    forSilo: false,
                    new TlsSettingNames(Certificate.Name, CertificateKey.Name, Authority.Name))
                : null,
            Trainer = parsed.GetValue(Trainer),
            SharesLabels = parsed.GetValue(ShareLabels),
            SharesFeatures = parsed.GetValue(ShareFeatures),
            Lag = TimeSpan.FromSeconds(parsed.GetValue(Lag)),
            Timeouts = usual with
            {
                Patience = patience,
                Poll = patience < usual.Poll ? patience : usual.Poll,
            },
        };
    }

    private static void RequireClusterName(Option<string> option) => option.Validators.Add(result =>
    {
        try
        {
            ClusterName.Require(result.GetValueOrDefault<string>(), option.Name);
        }
        catch (ArgumentException wrong)
        {
            result.AddError(wrong.Message);
        }
    });

    private static OrleansGateways ReadGateways(ParseResult parsed, string text)
    {
        try
        {
            return OrleansGateways.Parse(text) with
            {
                Service = parsed.GetValue(Service)!,
                Cluster = parsed.GetValue(SiloCluster)!,
            };
        }
        catch (ArgumentException wrong)
        {
            throw new ArgumentException($"--orleans: {wrong.Message}", wrong);
        }
    }

    private static string Name(string? name, string option)
    {
        try
        {
            return Names.Require(name, option);
        }
        catch (RefusedException wrong)
        {
            throw new ArgumentException($"{wrong.Message}; {wrong.Remedy}", wrong);
        }
    }
}

/// <summary>
/// For programs that start others: the child ends when its standard input does, and that happens however its parent
/// dies, a SIGKILL included, because the kernel closes the pipe.
/// </summary>
internal static class ParentWatch
{
    /// <returns>A token that is cancelled when standard input ends, or with the one given.</returns>
    public static CancellationToken Start(CancellationToken cancellationToken)
    {
        var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = WatchAsync(Console.OpenStandardInput(), ended);
        return ended.Token;
    }

    private static async Task WatchAsync(Stream input, CancellationTokenSource ended)
    {
        var buffer = new byte[256];
        // A read from a pipe blocks its thread until the parent is gone: it must not be one of the pool's.
        await Task.Factory.StartNew(
            () =>
            {
                while (input.Read(buffer) > 0)
                {
                    // Whatever a parent says, only its end counts.
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await ended.CancelAsync();
    }
}
