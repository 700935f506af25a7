using System.Collections;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fed.Core.Text;

/// <summary>
/// What a person needs to know of a JSON error: the place, the value, the reason and what is possible, without the
/// names of our types.
/// </summary>
public static partial class JsonFault
{
    private const int MaxReason = 200;
    private const int MaxQuoted = 60;

    /// <param name="error">Of the serializer, or of <see cref="JsonText.RequireUtf8"/>.</param>
    /// <param name="json">What was read, without a byte order mark; the error's own position need not be one in it, its
    /// path is.</param>
    public static string Describe(JsonException error, ReadOnlySpan<byte> json)
    {
        if (error.Path is null && error.LineNumber is null)
            return Reason(error, json, value: null);
        var value = string.IsNullOrEmpty(error.Path) ? null : JsonText.Find(json, error.Path);
        var place = string.IsNullOrEmpty(error.Path) || error.Path == "$" ? "" : $" at {error.Path}";
        return $"the JSON is not what is expected{place}{PlaceOf(error, json, value)}: {Reason(error, json, value)}";
    }

    private static string PlaceOf(JsonException error, ReadOnlySpan<byte> json, Range? value)
    {
        if (IsSyntax(error) && error.LineNumber is { } number)
            value = JsonText.OffsetOf(json, number, error.BytePositionInLine ?? 0)..;
        if (value is not { } range)
            return "";
        var (line, column) = JsonText.PlaceOf(json, range.Start.GetOffset(json.Length));
        return $" (line {line}, column {column})";
    }

    /// <summary>The parser's own errors have an inner exception that says where it stood.</summary>
    private static bool IsSyntax(JsonException error) =>
        error.InnerException is JsonException || error.GetType() != typeof(JsonException);

    private static string Reason(JsonException error, ReadOnlySpan<byte> json, Range? value)
    {
        var message = error.Message;
        var unknown = UnknownProperty().Match(message);
        if (unknown.Success)
            return $"there is no property '{unknown.Groups[1].Value}'";
        var twice = DuplicateProperty().Match(message);
        if (twice.Success)
            return $"the property '{twice.Groups[1].Value}' stands there twice";
        var missing = MissingProperties().Match(message);
        if (missing.Success)
            return $"missing {missing.Groups[1].Value}";
        var isNull = NullValue().Match(message);
        if (isNull.Success)
            return $"{JsonNamingPolicy.CamelCase.ConvertName(isNull.Groups[1].Value)} must not be null";
        var wrong = WrongType().Match(message);
        if (wrong.Success)
            return $"{Quote(json, value)} is not possible here; {Possible(wrong.Groups[1].Value, error.Path ?? "")}";
        var place = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var text = place >= 0 ? message[..place] : message;
        var position = text.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        text = position >= 0 ? text[..position] : text;
        // What we did not foresee must not name our types either.
        if (text.Contains("Fed.", StringComparison.Ordinal) || text.Contains("System.", StringComparison.Ordinal))
            return $"{Quote(json, value)} is not possible here";
        return text.Length <= MaxReason ? text : text[..MaxReason] + "...";
    }

    private static string Quote(ReadOnlySpan<byte> json, Range? value)
    {
        if (value is not { } range)
            return "the value";
        var text = Encoding.UTF8.GetString(json[range]).ReplaceLineEndings(" ");
        return text.Length <= MaxQuoted ? text : text[..MaxQuoted] + "...";
    }

    /// <param name="typeName">As the error names it: the value's own type, or for a record's parameter
    /// the record.</param>
    private static string Possible(string typeName, string path)
    {
        var inner = Nullable().Match(typeName) is { Success: true } nullable ? nullable.Groups[1].Value : typeName;
        var type = Type.GetType(inner) ?? AppDomain.CurrentDomain.GetAssemblies()
            .Select(assembly => assembly.GetType(inner)).FirstOrDefault(found => found is not null);
        var last = path[(path.LastIndexOf('.') + 1)..];
        type = type?.GetProperties().FirstOrDefault(property => CamelCase(property.Name) == last)?.PropertyType ?? type;
        type = type is null ? null : System.Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            null => "see the documentation",
            { IsEnum: true } =>
                $"it must be {string.Join(" or ", Enum.GetNames(type).Select(name => $"\"{CamelCase(name)}\""))}",
            _ when type == typeof(int) => $"it must be a whole number, {int.MinValue} to {int.MaxValue}",
            _ when type == typeof(long) => $"it must be a whole number, {long.MinValue} to {long.MaxValue}",
            _ when type == typeof(float) || type == typeof(double) => "it must be a number",
            _ when type == typeof(string) => "it must be a text in quotes",
            _ when type == typeof(bool) => "it must be true or false",
            _ when type.IsAssignableTo(typeof(IDictionary)) => "it must be an object in braces",
            _ when type.IsAssignableTo(typeof(IEnumerable)) => "it must be a list in square brackets",
            _ => "it must be an object in braces",
        };
    }

    private static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    [GeneratedRegex("The JSON property '([^']{0,64})[^']*' could not be mapped")]
    private static partial Regex UnknownProperty();

    [GeneratedRegex("Duplicate property '([^']{0,64})[^']*'")]
    private static partial Regex DuplicateProperty();

    [GeneratedRegex("missing required properties including: ([^.]*)")]
    private static partial Regex MissingProperties();

    [GeneratedRegex("'([^']{1,64})' on type '[^']*' (?:doesn't|does not|disallows).*null", RegexOptions.IgnoreCase)]
    private static partial Regex NullValue();

    [GeneratedRegex(@"could not be converted to (.+?)\.(?: |$)")]
    private static partial Regex WrongType();

    [GeneratedRegex(@"^System\.Nullable`1\[+([^,\]]+)")]
    private static partial Regex Nullable();
}
