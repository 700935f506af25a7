using System.Security.Cryptography;
using System.Text;

namespace Fed.Tests.Core.Support;

internal static class Hashes
{
    /// <summary>SHA-256 of the text, lower-case hex: stands for a model or a layout.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    public static string Of(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
