using System.Net;
using System.Text.Json.Nodes;

namespace Fed.Tests.Silo;

/// <summary>What the tests ask of an answer.</summary>
internal static class Answers
{
    /// <summary>The first answer that is not "later", asked for again when each of those says.</summary>
    public static async Task<HttpResponseMessage> PatientlyAsync(Func<Task<HttpResponseMessage>> send)
    {
        while (true)
        {
            var answer = await send();
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                return answer;
            var pause = answer.Headers.RetryAfter!.Delta!.Value;
            answer.Dispose();
            await Task.Delay(pause);
        }
    }

    /// <summary>The answer is a problem with this status and code, and says what to do.</summary>
    public static async Task<JsonNode> ShouldBeProblem(
        this HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"not {(int)status} {code} but {(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal((int)status, (int?)problem["status"]);
        Assert.NotEmpty((string?)problem["detail"] ?? "");
        Assert.NotEmpty((string?)problem["remedy"] ?? "");
        return problem;
    }
}
