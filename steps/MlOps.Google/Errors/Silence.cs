using MlOps.Core.Problems;

namespace MlOps.Google.Errors;

/// <summary>
/// How long a wait goes on unanswered. A passing fault ends no wait, whatever time that has left; but a local cloud that was killed
/// comes back by somebody's hand only, and whoever waits for it must be told.
/// </summary>
public sealed class Silence(GcpEndpoint endpoint, TimeProvider time)
{
    /// <summary>Google's services come back by themselves; longest outages that a wait should outlast.</summary>
    public static readonly TimeSpan OfGoogle = TimeSpan.FromMinutes(15);

    public static readonly TimeSpan OfLocalCloud = TimeSpan.FromSeconds(15);

    private long? _since;

    /// <summary>The service has answered.</summary>
    public void End() => _since = null;

    /// <summary>The service has not answered, once more.</summary>
    /// <param name="waitingFor">What may go on there, and how to look for it later: <c>The build B may still run; …</c></param>
    /// <exception cref="StepFailedException">It has not for too long.</exception>
    public void GoesOn(CloudException fault, string waitingFor)
    {
        _since ??= time.GetTimestamp();
        var (lasts, most) = (time.GetElapsedTime(_since.Value), endpoint.IsTls ? OfGoogle : OfLocalCloud);
        if (lasts >= most)
        {
            var start = endpoint.IsTls ? "" : " A local cloud that has ended starts again with 'mlops cloud up', and says then what became of it.";
            throw new StepFailedException($"No answer for {lasts.TotalSeconds:0} s: {fault.Message}\n{waitingFor}{start}", inner: fault);
        }
    }
}
