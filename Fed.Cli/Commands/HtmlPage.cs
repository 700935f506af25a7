using System.Net;
using Fed.Silo.Hosting;

namespace Fed.Cli.Commands;

/// <summary>A page that is one file and needs nothing from elsewhere, in the style of the silo's status page.</summary>
internal static class HtmlPage
{
    /// <param name="title">Plain text.</param>
    /// <param name="style">CSS after that of the status page.</param>
    /// <param name="body">HTML.</param>
    public static string Of(string title, string style, string body) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{Escape(title)}</title>
        <style>
        {Resource(typeof(SiloHost), "Fed.Silo.Page.Assets.page.css")}
        {style}
        </style>
        </head>
        <body>
        {body}
        </body>
        </html>

        """;

    /// <summary>Plain text as HTML.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A text that stands in the assembly of a type.</summary>
    public static string Resource(Type owner, string name)
    {
        using var stream = owner.Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the assembly lacks {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
