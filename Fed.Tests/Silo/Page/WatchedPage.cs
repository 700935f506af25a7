using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Fed.Tests.Silo.Page;

/// <summary>A page in a profile of its own, and all that it complained of or asked others for.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();

    private WatchedPage(IPage page, Uri home)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            // What the content security policy refuses is an error there, too.
            if (message.Type is "error" or "warning")
                _complaints.Enqueue($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Enqueue($"exception: {error}");
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != home.Authority)
                _complaints.Enqueue($"asked {request.Url}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                _complaints.Enqueue($"{response.Status} for {response.Url}");
        };
    }

    public IPage Page { get; }

    public IReadOnlyCollection<string> Complaints => _complaints;

    public ILocator Connection => Page.Locator("#connection");

    /// <summary>Those in the graph.</summary>
    public ILocator Versions => Page.Locator("#graph").GetByRole(AriaRole.Option);

    public ILocator Participants => Page.Locator("#participants tbody tr");

    public static async Task<WatchedPage> OpenAsync(IBrowserContext context, Uri home, string path)
    {
        var page = new WatchedPage(await context.NewPageAsync(), home);
        await page.Page.GotoAsync(path);
        return page;
    }

    /// <summary>A version in the graph, by how its name begins.</summary>
    public ILocator Version(string name) => Page.Locator($"#graph [role=option][aria-label^=\"{name}\"]");

    public ILocator Tier(string name) => Page.Locator(".tier").Filter(new LocatorFilterOptions
    {
        Has = Page.Locator("h3", new PageLocatorOptions { HasText = name }),
    });

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}
