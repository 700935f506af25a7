using Orleans;
using Orleans.Runtime;

namespace Fed.Grains.Tiers;

/// <summary>
/// The reminder of an aggregator: it stands from the first version until the federation has finished and nothing is left
/// to be sent, so that a deadline, a hold or a message is never forgotten with the silo that knew of it. Timers make
/// things punctual; the reminder makes them happen, at most its period later.
/// </summary>
internal static class TierReminder
{
    public const string Name = "work";

    /// <summary>Orleans' lower bound, unless ReminderOptions say otherwise.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    public static Task RemindAsync<T>(this T tier)
        where T : Grain, IRemindable => tier.RegisterOrUpdateReminder(Name, Period, Period);

    public static async Task EndRemindersAsync<T>(this T tier)
        where T : Grain, IRemindable
    {
        if (await tier.GetReminder(Name) is { } reminder)
            await tier.UnregisterReminder(reminder);
    }
}
