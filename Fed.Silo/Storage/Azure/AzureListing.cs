using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Fed.Silo.Storage.Azure;

/// <summary>A page of List Blobs: XML, read without entities or anything from outside it.</summary>
internal sealed record AzureListing(IReadOnlyList<AzureListing.Item> Items, string NextMarker)
{
    private static readonly XmlReaderSettings Safely = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 128 << 20,
    };

    /// <exception cref="AzureUnavailableException">It is no listing.</exception>
    public static AzureListing Parse(byte[] xml)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(xml), Safely);
            var root = XElement.Load(reader);
            var items = root.Elements("Blobs").Elements("Blob").Select(Item.Parse).ToArray();
            return new AzureListing(items, (string?)root.Element("NextMarker") ?? "");
        }
        catch (Exception error) when (error is XmlException or FormatException or InvalidOperationException)
        {
            throw new AzureUnavailableException("Azure Blob Storage sent a listing that cannot be read", error);
        }
    }

    /// <summary>One committed blob.</summary>
    public readonly record struct Item(string Name, long Bytes, DateTimeOffset Modified)
    {
        public static Item Parse(XElement blob)
        {
            var properties = Child(blob, "Properties");
            return new Item(
                Child(blob, "Name").Value,
                long.Parse(Child(properties, "Content-Length").Value, CultureInfo.InvariantCulture),
                DateTimeOffset.ParseExact(
                    Child(properties, "Last-Modified").Value, "R", CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal));
        }

        private static XElement Child(XElement parent, string name) =>
            parent.Element(name) ?? throw new FormatException($"{parent.Name} has no {name}");
    }
}
