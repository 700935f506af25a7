using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Plates;

/// <summary>
/// Makes a participant's folder of a house's own crops: <c>plate/</c> and <c>background/</c> with pictures four times as
/// wide as high, a plate in the middle, in three quarters of the width or of the height.
/// </summary>
public sealed class PlateCrops(string folder, string output, bool replace, Action<string> report)
{
    /// <summary>Crops of each class at least; every fifth, by name, is for validation.</summary>
    public const int Least = 5;

    private const int LeastWidth = 32;
    private const int LeastHeight = 8;
    private const double Narrowest = 3.2;
    private const double Widest = 5;

    private static readonly string[] s_extensions = [".png", ".jpg", ".jpeg"];

    /// <exception cref="DataFileException">A folder or crop is missing, too small, of another shape, damaged or blank
    /// (ten are named); there are too few; or the output holds a participant's data.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (!replace && File.Exists(Path.Combine(output, "train.fqc")))
        {
            throw new DataFileException(
                output, "the folder holds a participant's data; give another --out, or --replace to write over it");
        }

        var files = PlateClasses.Names.Select(Files).ToArray();
        var scratch = Directory.CreateTempSubdirectory("fed-crops-").FullName;
        try
        {
            var train = new List<PlateSample>();
            var validation = new List<PlateSample>();
            var problems = new List<DataFileException>();
            var ffmpeg = new Ffmpeg();
            foreach (var (label, names) in files.Index())
            {
                foreach (var (i, file) in names.Index())
                {
                    try
                    {
                        var stored = Window(file, await GrayImage.LoadAsync(ffmpeg, file, 256, scratch, cancel));
                        var isPlate = label == PlateClasses.PlateLabel;
                        var sample = new PlateSample("own", "own", isPlate, (byte)(isPlate ? 1 : 0), stored);
                        (i % Least == Least - 1 ? validation : train).Add(sample);
                    }
                    catch (DataFileException error)
                    {
                        problems.Add(error);
                    }
                }
            }

            if (problems.Count > 0)
                throw DataFileException.Of(problems);
            var task = PlatePlan.Default().Task;
            foreach (var (name, samples) in new[] { ("train.fqc", train), ("validation.fqc", validation) })
            {
                var set = PlateSample.ToSet(task, samples);
                FqcFile.Write(Path.Combine(scratch, name), set);
                var counts = set.CountByClass();
                report($"{name}: " + string.Join(", ", PlateClasses.Names.Select((one, c) => $"{one} {counts[c]}")));
            }

            Directory.CreateDirectory(output);
            foreach (var name in new[] { "validation.fqc", "train.fqc" })
                File.Copy(Path.Combine(scratch, name), Path.Combine(output, name), overwrite: true);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private List<string> Files(string name)
    {
        var path = Path.Combine(folder, name);
        if (!Directory.Exists(path))
            throw new DataFileException(path, $"the folder is missing; put crops of class {name} there");
        var files = Directory.EnumerateFiles(path)
            .Where(file => s_extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
            .Order(StringComparer.Ordinal)
            .ToList();
        return files.Count >= Least
            ? files
            : throw new DataFileException(
                path, $"{files.Count} crops ({string.Join(", ", s_extensions)}); there must be at least {Least}");
    }

    private static byte[] Window(string file, GrayImage crop)
    {
        var shape = (double)crop.Width / crop.Height;
        if (crop.Width < LeastWidth || crop.Height < LeastHeight)
        {
            throw new DataFileException(
                file, $"the crop is {crop.Width}x{crop.Height} pixels; {LeastWidth}x{LeastHeight} is the least");
        }

        if (shape is < Narrowest or > Widest)
        {
            throw new DataFileException(
                file,
                FormattableString.Invariant(
                    $"the crop is {crop.Width}x{crop.Height} pixels, {shape:0.0} times as wide as high; it must be ")
                + FormattableString.Invariant($"{Narrowest} to {Widest} times, with the plate in the middle"));
        }

        var (pixels, width, height) = (crop.Pixels, crop.Width, crop.Height);
        while (width >= 2 * PlateWindow.Width && height >= 2 * PlateWindow.Height)
        {
            LumaResize.Halve(pixels, width, height, pixels);
            (width, height) = (width / 2, height / 2);
        }

        var window = new byte[PlateWindow.Length];
        LumaResize.Bilinear(pixels.AsSpan(0, width * height), width, height, window, PlateWindow.Width, PlateWindow.Height);
        PlateWindow.Normalise(window, window);
        return window;
    }
}
