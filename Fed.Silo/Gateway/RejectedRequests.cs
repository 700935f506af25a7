using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Fed.Silo.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Fed.Silo.Gateway;

/// <summary>
/// Kestrel refuses what it cannot parse before any middleware runs, with a bare status. It tells its diagnostic source
/// first, and that is where this listens: the connection's next output is then a problem in place of Kestrel's own.
/// </summary>
internal sealed class RejectedRequests(
    DiagnosticListener diagnostics, IOptions<JsonOptions> json, TimeProvider clock, RefusalLog refusals)
    : IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    public void Listen() => diagnostics.Subscribe(this, name => name == BadRequest);

    /// <summary>Lets an answer of ours out on every connection that is accepted there.</summary>
    public static void Watch(ListenOptions endpoint) => endpoint.Use(next => async connection =>
    {
        var transport = connection.Transport;
        var output = new Output(transport.Output);
        connection.Features.Set(output);
        connection.Transport = new Duplex(transport.Input, output);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    });

    public void OnNext(KeyValuePair<string, object?> told)
    {
        if (told.Value is not IFeatureCollection request
            || request.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException error
            || request.Get<IHttpResponseFeature>() is not { HasStarted: false }
            || request.Get<Output>() is not { } output)
        {
            return;
        }

        var problem = ProblemTable.Of(error);
        refusals.Add("Unparsed", "request", problem);
        output.Answer = Write(problem);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private byte[] Write(Problem problem)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, json.Value.SerializerOptions);
        var head = $"HTTP/1.1 {problem.Status} {ReasonPhrases.GetReasonPhrase(problem.Status!.Value)}\r\n"
            + $"Content-Length: {body.Length}\r\nConnection: close\r\nContent-Type: {Problem.ContentType}\r\n"
            + $"Cache-Control: no-store\r\nDate: {clock.GetUtcNow():R}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>A connection's output; once there is an answer, that goes out and nothing else.</summary>
    private sealed class Output(PipeWriter inner) : PipeWriter
    {
        private byte[] _scratch = [];
        private byte[]? _answer;
        private bool _isAnswered;

        /// <summary>A whole response.</summary>
        public byte[] Answer
        {
            set => _answer ??= value;
        }

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes)
        {
            if (_answer is null)
                inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) =>
            _answer is null ? inner.GetMemory(sizeHint) : Scratch(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) =>
            _answer is null ? inner.GetSpan(sizeHint) : Scratch(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (_answer is null || _isAnswered)
                return inner.FlushAsync(cancellationToken);
            _isAnswered = true;
            return inner.WriteAsync(_answer, cancellationToken);
        }

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        private byte[] Scratch(int least) =>
            _scratch.Length >= Math.Max(least, 1) ? _scratch : _scratch = new byte[Math.Max(least, 4096)];
    }
}
