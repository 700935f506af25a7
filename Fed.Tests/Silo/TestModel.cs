using Fed.Training;

namespace Fed.Tests.Silo;

/// <summary>
/// The model of these tests: as small as a specification can be, so that every test can send whole updates.
/// </summary>
internal static class TestModel
{
    public const string Json =
        """{"name":"tiny","input":[10],"layers":[{"type":"dense","units":4}],"loss":"softmaxCrossEntropy"}""";

    public static ModelSpecification Specification { get; } = ModelSpecification.Parse(Json);

    public static int Parameters => (int)Specification.Layout.ParameterCount;

    public static string LayoutHash => Specification.Layout.Hash;
}
