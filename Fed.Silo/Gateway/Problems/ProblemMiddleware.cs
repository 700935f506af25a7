using System.Diagnostics;
using System.Text.Json;
using Fed.Silo.Hosting;

namespace Fed.Silo.Gateway.Problems;

/// <summary>
/// Every error leaves as problem+json: exceptions, and statuses that the framework set without a body.
/// </summary>
public sealed class ProblemMiddleware(
    RequestDelegate next, SiloOptions options, SiloPhase phase, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody is left to be told.
            Log.ClientGone(logger, context.Request.Method, context.Request.Path);
            return;
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Describe(context, error));
            return;
        }

        var response = context.Response;
        if (response.StatusCode >= 400 && !response.HasStarted)
            await WriteAsync(context, ProblemMapping.OfStatus(response.StatusCode, context.Request));
    }

    /// <summary>Writes a problem as the response; headers that say how to go on are kept.</summary>
    public async Task WriteAsync(HttpContext context, Problem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentLength = null;
        response.ContentType = Problem.ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.ETag = default;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = ((int)options.Timeouts.RetryAfter.TotalSeconds).ToString();
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        await JsonSerializer.SerializeAsync(response.Body, problem, Problem.Json, context.RequestAborted);
    }

    private Problem Describe(HttpContext context, Exception error)
    {
        if (error is OperationCanceledException && phase.IsStopping)
            error = new SiloNotReadyException(stopping: true);
        var traceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        var problem = ProblemMapping.Of(error, traceId);
        var (method, path) = (context.Request.Method, context.Request.Path);
        switch (problem.Status)
        {
            case StatusCodes.Status500InternalServerError:
                Log.RequestFailed(logger, error, method, path, traceId);
                break;
            case StatusCodes.Status503ServiceUnavailable when error is SiloNotReadyException:
                Log.NotReady(logger, method, path, problem.Code);
                break;
            case StatusCodes.Status503ServiceUnavailable:
                Log.RequestUnavailable(logger, error, method, path, problem.Code);
                break;
            default:
                Log.RequestRefused(logger, method, path, problem.Status, problem.Code, problem.Detail);
                break;
        }

        return problem;
    }
}
