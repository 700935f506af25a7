using System.Diagnostics;
using System.Text;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Grains.Telemetry;
using Fed.Silo.Hosting;
using Orleans;
using Orleans.Runtime;

namespace Fed.Silo.Gateway.Clients;

/// <summary>
/// What Orleans clients reach: the participants' two interfaces, and what a client needs of Orleans to connect. Every
/// other call is refused and counted, those of Orleans' own management too. Calls of this process' gateway, of actors
/// and of other silos pass.
/// </summary>
/// <remarks>
/// Who calls, the message itself says; somebody who writes messages of Orleans by hand can say anything. That is why
/// the port belongs inside the trust boundary (docs/security.md), and why participants show capabilities.
/// </remarks>
internal sealed class OutsideCallFilter(
    ProblemHandler problems, Throttling throttling, SiloPhase phase, SiloOptions options, FedMetrics metrics)
    : IIncomingGrainCallFilter
{
    /// <summary>By which a client learns which actors there are; Orleans keeps its type to itself.</summary>
    private const string Manifest = "Orleans.Runtime.IClusterManifestSystemTarget";

    private static readonly GrainType Client = GrainType.Create("sys.client");

    private static ReadOnlySpan<byte> Hosted => "hosted-"u8;

    public Task Invoke(IIncomingGrainCallContext context) =>
        IsOutside(context.SourceId) ? AdmitAsync(context) : context.Invoke();

    /// <summary>A client in another process than a silo; whoever does not say who it is, is one.</summary>
    internal static bool IsOutside(GrainId? source) =>
        source is not { } id || (id.Type == Client && !id.Key.AsSpan().StartsWith(Hosted));

    private async Task AdmitAsync(IIncomingGrainCallContext context)
    {
        var target = context.Request.GetInterfaceType();
        if (target.FullName == Manifest)
        {
            await context.Invoke();
            return;
        }

        var caller = context.SourceId?.ToString() ?? "";
        try
        {
            throttling.RequirePatience(caller, "client");
            Require(target);
            await context.Invoke();
        }
        catch (Exception error)
        {
            var answer = Answer(error, $"{target.Name}.{context.MethodName}");
            if (answer.Status is >= 400 and < 500 and not StatusCodes.Status429TooManyRequests)
                throttling.CountRefusal(caller);
            throw answer;
        }
    }

    private void Require(Type target)
    {
        if (target != typeof(IParticipantGatewayGrain) && target != typeof(IUpdateUploadGrain))
        {
            metrics.CallRefused(target.Name);
            throw new RefusedException(
                RefusalCode.NotForClients,
                $"{target.Name} is not for Orleans clients",
                $"call {nameof(IParticipantGatewayGrain)}; what stewards order goes over HTTP");
        }

        if (!phase.IsReady)
            throw new SiloNotReadyException(phase.IsStopping);
    }

    /// <summary>The same problem as over HTTP.</summary>
    private ProblemException Answer(Exception error, string call)
    {
        var trace = Activity.Current?.TraceId.ToString() ?? Guid.NewGuid().ToString("n");
        var problem = problems.Explain(error, "Orleans", call, trace);
        return new ProblemException(
            problem.Status!.Value,
            problem.Code,
            problem.Detail!,
            problem.Status == StatusCodes.Status500InternalServerError ? $"{problem.Remedy} ({trace})" : problem.Remedy,
            error is ThrottledException throttled ? throttled.RetryAfter
                : problem.Status == StatusCodes.Status503ServiceUnavailable ? options.Timeouts.RetryAfter
                : null);
    }
}
