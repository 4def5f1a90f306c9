namespace MlOps.Google.Retry;

/// <summary>How often a call is tried again, and how long it may take.</summary>
public sealed record RetryPolicy
{
    /// <summary>6 tries, back-off from 0.5 s doubling to 8 s with jitter (about 15 s in all), 100 s an attempt.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>Tries in all, the first one included; at least 1.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Wait before the first retry; each later one doubles it, with jitter.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait that back-off chooses.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The longest wait that a server may ask for by Retry-After; asked for more, the call fails and says so.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long one attempt may take until its answer begins, a body sent with it apart; and how long a body may stand still.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(100);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
