using System.Diagnostics;

namespace MlOps.Steps.Ledger;

/// <summary>Who moves an environment now, as its Storage keeps it.</summary>
/// <param name="Holder">See <see cref="Actor"/>.</param>
/// <param name="Purpose">What it is doing: <c>promote 1f3d…</c>.</param>
/// <param name="Process">On which machine and which process; null in a build.</param>
/// <param name="Seconds">So long after it was last written, it has ended.</param>
/// <param name="Token">Grows with every holder (a fencing token).</param>
/// <param name="Released">The holder has given it back.</param>
public sealed record LeaseRecord(string Holder, string Purpose, LeaseProcess? Process, DateTimeOffset Since, double Seconds, long Token, bool Released)
{
    public TimeSpan Lasts => TimeSpan.FromSeconds(Seconds);
}

/// <summary>A process of a machine, so that what a killed one held is free at once for the next one there.</summary>
public sealed record LeaseProcess(string Machine, int Id, long Started)
{
    // Two machines, and two containers of one, may have one name: its start and the processes' own numbering tell them apart.
    private static readonly string Here = string.Join('/', new[] { Environment.MachineName, Read("/proc/sys/kernel/random/boot_id"), Numbering() }.Where(part => part.Length > 0));

    public static LeaseProcess Mine { get; } = Of(Process.GetCurrentProcess());

    /// <summary>It ran on this machine and is gone; what runs elsewhere cannot be seen.</summary>
    public bool HasEnded
    {
        get
        {
            if (Machine != Here)
            {
                return false;
            }

            try
            {
                using var process = Process.GetProcessById(Id);
                return Of(process) != this;
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException)
            {
                return true;
            }
        }
    }

    private static LeaseProcess Of(Process process) => new(Here, process.Id, process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond);

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Numbering()
    {
        try
        {
            return File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
