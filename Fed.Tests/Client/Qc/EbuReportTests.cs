using System.Globalization;
using System.Xml.Linq;
using Fed.Cli.Qc;
using Fed.MediaQc.Scan;

namespace Fed.Tests.Client.Qc;

/// <summary>What EBU QC's schema and checklist of April 2026 ask of a report.</summary>
public sealed class EbuReportTests
{
    private static readonly byte[] Content = [.. Enumerable.Repeat((byte)255, 32)];

    private static readonly ScanProfile Profile = ScanProfile.Read("technical");

    /// <summary>Names in the order that qc.xsd has them in; those that may be left out and never are written are not
    /// listed.</summary>
    private static readonly Dictionary<string, string> Order = new(StringComparer.Ordinal)
    {
        ["Report"] = "ReportId ExecutionStatus CheckResult ContentId LastModifiedDateTime ToolInformation Profile "
            + "ItemResults ExtensionProperties",
        ["Profile"] = "ID Name ContentId CheckResultRule Description Scopes Items ItemDefinitions",
        ["Item"] = "EBUQCID EBUQCName EBUQCVersion InstanceId UsedAs Track Scopes Inputs",
        ["ItemResult"] = "EBUQCID EBUQCName EBUQCVersion InstanceId AnalysisMethodUsed ExecutionStatus CheckResult "
            + "ResultDescription ToolInformation MaxSeverity DetectionMethod CreationDateTime Outputs",
        ["Output"] = "Name Locator Track Value Annotation Severity",
        ["Input"] = "Name Value",
        ["Locator"] = "Start End",
        ["ToolInformation"] = "ToolID ToolName URL Version",
        ["ContentIdentifier"] = "ID Annotation",
    };

    [Fact]
    public void Report_OfAnyScan_HasItsElementsInTheOrderOfTheSchema()
    {
        var report = Of(ScanPageTests.Report("a<b>\u0001.mkv"));

        Assert.All(report.DescendantsAndSelf().Where(each => Order.ContainsKey(each.Name.LocalName)), element =>
        {
            var names = element.Elements().Select(child => child.Name.LocalName).ToArray();
            Assert.Equal(Order[element.Name.LocalName].Split(' ').Where(names.Contains), names);
        });
        Assert.All(report.Descendants(EbuReport.Qc + "InstanceId").Concat([In(report, "ReportId")]), id =>
            Assert.Matches("^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id.Value));
        Assert.All(report.Descendants(EbuReport.Qc + "EBUQCID"), id => Assert.Matches("^[0-9a-zA-Z-]+$", id.Value));
    }

    [Fact]
    public void Items_OfAReport_AreOneToOneWithResults()
    {
        var report = Of(ScanPageTests.Report("film.mkv"));

        string[] Identities(string name) =>
        [
            .. report.Descendants(EbuReport.Qc + name)
                .Select(item => string.Join(' ', item.Elements().Take(4).Select(each => each.Value))),
        ];
        Assert.Equal(3, Identities("Item").Distinct().Count());
        Assert.Equal(Identities("Item"), Identities("ItemResult"));
        Assert.Equal(
            [("check", "false"), ("check", "true"), ("report", null)],
            report.Descendants(EbuReport.Qc + "Item").Zip(report.Descendants(EbuReport.Qc + "ItemResult"))
                .Select(each => (
                    In(each.First, "UsedAs").Value, each.Second.Element(EbuReport.Qc + "CheckResult")?.Value)));
        Assert.Equal("false", In(report, "CheckResult").Value);
        Assert.Equal(In(report, "ContentId").ToString(), In(In(report, "Profile"), "ContentId").ToString());
    }

    [Fact]
    public void Findings_OfAReport_AreInEditUnitsWithWhatWasMeasured()
    {
        var report = Of(ScanPageTests.Report("film.mkv"));

        var findings = report.Descendants(EbuReport.Qc + "Output")
            .Where(output => In(output, "Name").Value == "Finding").ToArray();
        Assert.Equal(
            [("0", "25", "1", "0"), ("50", "113", "2.5", "1"), ("249", "250", null, "2")],
            findings.Select(each => (
                In(In(each, "Locator"), "Start").Value,
                In(In(each, "Locator"), "End").Value,
                each.Element(EbuReport.Qc + "Value")?.Value,
                In(each, "Severity").Value)));
        Assert.Equal("25/1", report.Descendants(EbuReport.Timing + "EditRate").Single().Value);
        Assert.Equal("black for 2.50 s", In(findings[1], "Annotation").Value);
    }

    [Fact]
    public void Dates_OfAReport_HaveTheirTimeZone()
    {
        var report = Of(ScanPageTests.Report("film.mkv"));

        Assert.All(
            report.Descendants().Where(each => each.Name.LocalName.EndsWith("DateTime", StringComparison.Ordinal)),
            date => Assert.Equal("2026-11-30T09:00:00+01:00", date.Value));
    }

    [Fact]
    public void Ids_OfTheSameFileAndProfile_AreTheSameButForTheReports()
    {
        var (first, second) = (Of(ScanPageTests.Report("film.mkv")), Of(ScanPageTests.Report("film.mkv")));

        Assert.Equal(In(first, "Profile").ToString(), In(second, "Profile").ToString());
        Assert.NotEqual(In(first, "ReportId").Value, In(second, "ReportId").Value);
        Assert.Equal(
            "ni:///sha-256;__________________________________________8",
            first.Descendants(EbuReport.Qc + "ContentIdentifier").First().Elements().First().Value);
    }

    [Theory]
    [InlineData(25.0, "25/1")]
    [InlineData(30000 / 1001.0, "30000/1001")]
    [InlineData(24000 / 1001.0, "24000/1001")]
    [InlineData(12.5, "12500/1000")]
    [InlineData(null, "1000/1")]
    public void EditRate_OfAFrameRate_IsExactWhereFilmsHaveIt(double? rate, string expected)
    {
        var (above, below) = EbuReport.EditRate(rate);

        Assert.Equal(expected, string.Create(CultureInfo.InvariantCulture, $"{above}/{below}"));
    }

    private static XElement Of(ScanReport report)
    {
        var written = EbuReport.Of(report, Profile, Content).ToString();
        var read = XElement.Parse(written);
        Assert.Equal(EbuReport.Qc + "Report", read.Name);
        return read;
    }

    private static XElement In(XElement parent, string name) => parent.Element(EbuReport.Qc + name)!;
}
