namespace MlOps.Steps.Tests.Promotion;

/// <summary>The real time, and as much more as a test has let pass: what is killed need not be waited for.</summary>
internal sealed class ShiftedTime(TimeSpan shift = default) : TimeProvider
{
    private long _shift = shift.Ticks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _shift));

    public void Pass(TimeSpan time) => Interlocked.Add(ref _shift, time.Ticks);
}
