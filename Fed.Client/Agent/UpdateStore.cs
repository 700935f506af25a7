using System.Security.Cryptography;
using System.Text.Json;
using Fed.Contracts;
using Fed.Core.FailPoints;

namespace Fed.Client.Agent;

/// <summary>An update that is encoded and has no receipt yet.</summary>
/// <param name="Sequence">The number that it was, or will be, sent under.</param>
/// <param name="Sha256">Of its bytes; also the name of its file.</param>
/// <param name="Version">The cluster version that it was trained from.</param>
/// <param name="Residual">SHA-256 of the residual that holds once the update is accepted; null where nothing
/// is carried.</param>
public sealed record PendingUpdate(long Sequence, string Sha256, long Version, string? Residual = null);

/// <summary>What an agent remembers of its contributions to one federation.</summary>
/// <param name="LastAccepted">The last sequence number that a receipt came for; 0 before the first.</param>
/// <param name="Residual">SHA-256 of the residual after the last accepted update; null where nothing
/// is carried.</param>
public sealed record ContributionLedger(long LastAccepted, PendingUpdate? Pending, string? Residual = null);

/// <summary>
/// The sequence number and the pending update, on disk before anything is sent: an agent that was killed sends the
/// very same bytes under the same number again. The bytes are complete before the ledger names them, and the ledger
/// is replaced in one step, so that there is no moment at which a kill loses or mixes anything. A residual (of error
/// feedback, or a control variate) follows its update: it comes into force with the receipt, and goes with an update
/// that is dropped.
/// </summary>
public sealed class UpdateStore
{
    private const string Extension = ".fedb";
    private const string ResidualExtension = ".residual";

    private readonly string _folder;
    private readonly string _ledgerFile;

    private UpdateStore(string folder, ContributionLedger ledger)
    {
        _folder = folder;
        _ledgerFile = Path.Combine(folder, "ledger.json");
        Ledger = ledger;
    }

    public ContributionLedger Ledger { get; private set; }

    /// <summary>Where the pending update's bytes are.</summary>
    public string PendingFile => FileOf(Ledger.Pending ?? throw new InvalidOperationException("no update is pending"));

    /// <summary>
    /// Opens the store and removes what an interrupted run has left. A ledger or an update that is damaged is set
    /// aside: the server knows the sequence number, and a lost update costs one round of training.
    /// </summary>
    public static UpdateStore Open(string folder)
    {
        Directory.CreateDirectory(folder);
        var store = new UpdateStore(folder, new ContributionLedger(0, null));
        store.Ledger = store.Load();
        if (store.Ledger.Pending is { } pending && !IsIntact(store.FileOf(pending), pending.Sha256))
            store.Write(store.Ledger with { Pending = null });
        store.Tidy();
        return store;
    }

    /// <summary>Makes an update durable, and then the ledger that names it.</summary>
    /// <param name="encode">Writes the update's bytes to a seekable stream.</param>
    /// <param name="residual">Writes, after that, what is carried to the next update; null for nothing.</param>
    public PendingUpdate Keep(long sequence, long version, Action<Stream> encode, Action<Stream>? residual = null)
    {
        var sha256 = KeepFile(Extension, encode);
        var pending = new PendingUpdate(
            sequence, sha256, version, residual is null ? null : KeepFile(ResidualExtension, residual));
        Write(Ledger with { Pending = pending });
        return pending;
    }

    /// <summary>The file of the residual in force; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The ledger names one that is missing or altered.</exception>
    public string? ResidualFile()
    {
        if (Ledger.Residual is not { } sha256)
            return null;
        var file = Path.Combine(_folder, sha256 + ResidualExtension);
        return IsIntact(file, sha256)
            ? file
            : throw new InvalidDataException($"the residual {file} is missing or damaged");
    }

    /// <summary>The same bytes under another number: the server's history is not what the ledger thought.</summary>
    public void Renumber(long sequence) =>
        Write(Ledger with { Pending = Ledger.Pending! with { Sequence = sequence } });

    /// <summary>A receipt came.</summary>
    public void Accept() =>
        Settle(new ContributionLedger(Ledger.Pending!.Sequence, null, Ledger.Pending.Residual));

    /// <summary>The update will not be sent again.</summary>
    public void Drop() => Settle(Ledger with { Pending = null });

    private void Settle(ContributionLedger settled)
    {
        Write(settled);
        Tidy();
    }

    /// <summary>Makes a file durable under the SHA-256 of its bytes, which is returned.</summary>
    private string KeepFile(string extension, Action<Stream> write)
    {
        var draft = Path.Combine(_folder, "next" + extension);
        var sha256 = "";
        DurableFile.Write(draft, stream =>
        {
            write(stream);
            stream.Position = 0;
            sha256 = Convert.ToHexStringLower(SHA256.HashData(stream));
        });
        FailPoint.Hit(FailPointNames.UpdateBeforeRename);
        File.Move(draft, Path.Combine(_folder, sha256 + extension), overwrite: true);
        FailPoint.Hit(FailPointNames.UpdateAfterRename);
        return sha256;
    }

    private string FileOf(PendingUpdate pending) => Path.Combine(_folder, pending.Sha256 + Extension);

    private ContributionLedger Load()
    {
        if (!File.Exists(_ledgerFile))
            return Ledger;
        try
        {
            var bytes = File.ReadAllBytes(_ledgerFile);
            return JsonSerializer.Deserialize<ContributionLedger>(bytes, FedJson.Options) ?? Ledger;
        }
        catch (JsonException)
        {
            File.Move(_ledgerFile, _ledgerFile + ".damaged", overwrite: true);
            return Ledger;
        }
    }

    private void Write(ContributionLedger ledger)
    {
        FailPoint.Hit(FailPointNames.LedgerBeforeWrite);
        DurableFile.Write(_ledgerFile, stream => JsonSerializer.Serialize(stream, ledger, FedJson.Options));
        FailPoint.Hit(FailPointNames.LedgerAfterWrite);
        Ledger = ledger;
    }

    private static bool IsIntact(string file, string sha256)
    {
        if (!File.Exists(file))
            return false;
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream)) == sha256;
    }

    /// <summary>Removes drafts, and updates and residuals that the ledger does not name.</summary>
    private void Tidy()
    {
        string?[] kept =
        [
            Ledger.Pending?.Sha256 + Extension,
            Ledger.Pending?.Residual + ResidualExtension,
            Ledger.Residual + ResidualExtension,
        ];
        foreach (var file in Directory.EnumerateFiles(_folder))
        {
            var name = Path.GetFileName(file);
            var ours = name.EndsWith(Extension, StringComparison.Ordinal)
                || name.EndsWith(ResidualExtension, StringComparison.Ordinal);
            if (name.EndsWith(DurableFile.Unfinished, StringComparison.Ordinal) || (ours && !kept.Contains(name)))
                File.Delete(file);
        }
    }
}
