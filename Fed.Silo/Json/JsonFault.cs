using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fed.Silo.Json;

/// <summary>
/// What a person needs to know of a JSON error: the place and the reason, without the names of our types.
/// </summary>
public static partial class JsonFault
{
    private const int MaxReason = 200;

    public static string Describe(JsonException error)
    {
        var place = string.IsNullOrEmpty(error.Path) || error.Path == "$" ? "" : $" at {error.Path}";
        var line = error.LineNumber is { } number ? $" (line {number + 1}, byte {error.BytePositionInLine + 1})" : "";
        return $"the JSON is not what is expected{place}{line}: {Reason(error)}";
    }

    private static string Reason(JsonException error)
    {
        var message = error.Message;
        var unknown = UnknownProperty().Match(message);
        if (unknown.Success)
            return $"there is no property '{unknown.Groups[1].Value}'";
        var missing = MissingProperties().Match(message);
        if (missing.Success)
            return $"missing {missing.Groups[1].Value}";
        var isNull = NullValue().Match(message);
        if (isNull.Success)
            return $"{JsonNamingPolicy.CamelCase.ConvertName(isNull.Groups[1].Value)} must not be null";
        var wrong = WrongType().Match(message);
        if (wrong.Success)
            return $"the value is not of the right type or range ({Plain(wrong.Groups[1].Value)})";
        var place = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var text = place >= 0 ? message[..place] : message;
        var position = text.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        text = position >= 0 ? text[..position] : text;
        // What we did not foresee must not name our types either.
        if (text.Contains("Fed.", StringComparison.Ordinal) || text.Contains("System.", StringComparison.Ordinal))
            return "the value is not possible here";
        return text.Length <= MaxReason ? text : text[..MaxReason] + "...";
    }

    private static string Plain(string type) => type switch
    {
        "System.Int32" or "System.Int64" => "a whole number",
        "System.Single" or "System.Double" => "a number",
        "System.String" => "a text",
        "System.Boolean" => "true or false",
        _ => "see /openapi/v1.json",
    };

    [GeneratedRegex("The JSON property '([^']{0,64})[^']*' could not be mapped")]
    private static partial Regex UnknownProperty();

    [GeneratedRegex("missing required properties including: ([^.]*)")]
    private static partial Regex MissingProperties();

    [GeneratedRegex("'([^']{1,64})' on type '[^']*' (?:doesn't|does not|disallows).*null", RegexOptions.IgnoreCase)]
    private static partial Regex NullValue();

    [GeneratedRegex(@"could not be converted to ([^ ]+?)\.(?: |$)")]
    private static partial Regex WrongType();
}
