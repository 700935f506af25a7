using System.Diagnostics;
using Fed.Grains.Telemetry;
using Fed.Silo.Hosting;
using Microsoft.AspNetCore.Diagnostics;

namespace Fed.Silo.Gateway;

/// <summary>
/// Every error leaves as problem+json: exceptions, and statuses that the framework set without a body.
/// <see cref="ProblemTable"/> says which.
/// </summary>
internal sealed class ProblemHandler(
    SiloOptions options, SiloPhase phase, RefusalLog refusals, FedMetrics metrics, ILogger<ProblemHandler> logger)
    : IExceptionHandler
{
    private const string TraceId = "traceId";

    public static void Add(IServiceCollection services)
    {
        services.AddExceptionHandler<ProblemHandler>();
        services.AddSingleton<ProblemHandler>();
        services.AddSingleton<RefusalLog>();
        // The framework names a trace in each; a caller needs it only of what the log explains.
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context =>
        {
            if (context.ProblemDetails.Status != StatusCodes.Status500InternalServerError)
                context.ProblemDetails.Extensions.Remove(TraceId);
        });
    }

    public static void Use(WebApplication app)
    {
        app.UseExceptionHandler();
        app.Use(app.Services.GetRequiredService<ProblemHandler>().CompleteAsync);
    }

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception error, CancellationToken aborted)
    {
        var trace = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        var problem = Explain(error, context.Request.Method, context.Request.Path, trace, context);
        if (error is ThrottledException throttled)
            SetRetryAfter(context, throttled.RetryAfter);
        await WriteAsync(context, problem);
        return true;
    }

    /// <summary>The problem that an error is, told to the log.</summary>
    /// <param name="context">Of the request; null: it did not come over HTTP.</param>
    public Problem Explain(Exception error, string method, string path, string trace, HttpContext? context = null)
    {
        if (error is OperationCanceledException && phase.IsStopping)
            error = new SiloNotReadyException(stopping: true);
        var problem = ProblemTable.Of(error, context);
        if (problem.Status == StatusCodes.Status500InternalServerError)
            problem.Extensions[TraceId] = trace;
        metrics.Failed(problem.Code, problem.Status!.Value);
        Tell(method, path, error, problem);
        return problem;
    }

    /// <summary>
    /// Not UseStatusCodePages: it leaves a 416 as it is, since that has the headers of the content.
    /// </summary>
    private async Task CompleteAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var (request, response) = (context.Request, context.Response);
        if (response.StatusCode < 400 || response.HasStarted)
            return;
        var problem = ProblemTable.OfStatus(response.StatusCode, response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"there is nothing at {request.Path}",
            StatusCodes.Status405MethodNotAllowed => $"{request.Method} is not possible here",
            StatusCodes.Status415UnsupportedMediaType => $"the content type is '{request.ContentType}'",
            StatusCodes.Status416RangeNotSatisfiable =>
                $"the range '{request.Headers.Range}' is not within the content",
            _ => "the request was refused",
        });
        metrics.Failed(problem.Code, response.StatusCode);
        await WriteAsync(context, problem);
    }

    /// <summary>Headers that say how to go on, <c>Allow</c> and <c>Content-Range</c>, are kept.</summary>
    private Task WriteAsync(HttpContext context, Problem problem)
    {
        var headers = context.Response.Headers;
        context.Response.ContentLength = null;
        headers.CacheControl = "no-store";
        headers.ETag = default;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            SetRetryAfter(context, options.Timeouts.RetryAfter);
        return TypedResults.Problem(problem).ExecuteAsync(context);
    }

    private static void SetRetryAfter(HttpContext context, TimeSpan wait) =>
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString();

    private void Tell(string method, string path, Exception error, Problem problem)
    {
        switch (problem.Status)
        {
            case StatusCodes.Status500InternalServerError:
                Log.RequestFailed(logger, error, method, path, (string)problem.Extensions[TraceId]!);
                break;
            case StatusCodes.Status503ServiceUnavailable when error is SiloNotReadyException:
                Log.NotReady(logger, method, path, problem.Code);
                break;
            case StatusCodes.Status503ServiceUnavailable:
                Log.RequestUnavailable(logger, error, method, path, problem.Code);
                break;
            default:
                refusals.Add(method, path, problem);
                break;
        }
    }
}
