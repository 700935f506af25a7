namespace Fed.Client;

/// <summary>A server's address as people give it.</summary>
internal static class ServerAddress
{
    /// <summary>Of http or https, without a user's name and password: those would stand in logs and process lists.
    /// </summary>
    /// <param name="name">What errors call it: an option, a variable.</param>
    /// <exception cref="ArgumentException">It is no such address. The message repeats no secret.</exception>
    public static Uri Parse(string text, string name)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            // Not known to be an address, it may hold a password all the same.
            var shown = text[(text.LastIndexOf('@') + 1)..];
            throw new ArgumentException($"{name} is '{shown}'; give an address like http://127.0.0.1:8080");
        }

        return address.UserInfo.Length == 0
            ? address
            : throw new ArgumentException(
                $"{name} has a user name or a password before the host; leave them out, servers ask for none");
    }
}
