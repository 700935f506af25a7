namespace Fed.Cli.Commands;

/// <summary>What people type: the end of each command's help.</summary>
internal static class Examples
{
    public static IReadOnlyList<string> All { get; } =
    [
        "fed demo",
        "fed demo --participants 10 --codec topk:0.05 --report topk.html",
        "fed silo --federation data/media-qc/federation.json",
        "fed silo --port 8081 --data-dir /var/lib/fed --keep-versions 50",
        "fed join --server https://fed.example/ --federation codecs --participant studio-a --cluster h264 --data qc",
        "fed join --orleans 127.0.0.1:30000 --federation codecs --participant studio-a --cluster h264 --data qc",
        "fed admin status --federation codecs",
        "fed admin versions --federation codecs --tier h264 --limit 5",
        "fed admin show 12 --federation codecs",
        "fed admin diff 11 12 --federation codecs",
        "fed admin promote 12 --federation codecs --reason \"best on all clusters\"",
        "fed admin rollback 9 --federation codecs --reason \"house d sent wrong labels\"",
        "fed admin gc --dry-run",
        "fed admin gc --keep 50 --reason \"disk\"",
        "fed admin reset-key studio-a --federation codecs --reason \"disk lost\"",
        "fed admin suspend studio-a --federation codecs --reason \"wrong labels\"",
        "fed admin resume studio-a --federation codecs --reason \"labels corrected\"",
        "fed admin deadline --federation codecs --tier cluster --seconds 3600 --reason \"a house is away\"",
        "fed audit verify --federation codecs",
        "fed audit verify --bundle codecs.tar --json findings.json",
        "fed audit export --federation codecs --out codecs.tar",
        "fed chaos --kills 100 --seed 1",
        "fed cluster demo --silos 3 --storage redis --kill",
        "fed data build --out data/media-qc --replace",
        "fed data build --task audio --out data/audio-qc --replace",
        "fed data fashion --out data/fashion-mnist",
        "fed data show data/media-qc",
        "fed qc scan film.mp4",
        "fed qc scan incoming --profile netflix-like --fail-on warning --markers findings.csv",
        "fed qc scan film.mxf film.de.srt --json",
        "fed qc scan film.mxf --html film.html --ebu film.xml",
        "fed qc profile ebu-r128",
        "fed doctor",
        "fed doctor --server http://127.0.0.1:8080",
        "fed top",
        "fed top --federation codecs --once",
        "fed metrics --json",
        "fed bench training --seconds 2",
        "fed bench fold --codec float32",
        "fed bench exact --full",
        "fed bench memory --json memory.json",
        "fed bench kernels --full",
        "fed bench peers --full",
        "fed bench robustness --rounds 30 --seed 1",
        "fed bench communication --json communication.json",
        "fed bench ingest --seconds 10",
        "fed bench round --json round.json",
        "fed bench transport --json transport.json",
        "fed bench rollback --json rollback.json",
        "fed bench scan --seconds 60",
        "fed bench report --output benchmarks.md",
        "fed simulate --seeds 100",
        "fed simulate --seed 7",
        "fed version",
        "fed completion bash",
    ];

    /// <param name="path">With <c>fed</c>.</param>
    public static IEnumerable<string> Of(string path) =>
        All.Where(line => line == path || line.StartsWith($"{path} ", StringComparison.Ordinal));
}
