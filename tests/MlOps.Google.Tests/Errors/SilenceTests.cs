using Grpc.Core;
using MlOps.Core.Problems;
using MlOps.Google.Errors;

namespace MlOps.Google.Tests.Errors;

public sealed class SilenceTests
{
    private static readonly GcpEndpoint Local = GcpEndpoint.Local(new Uri("http://127.0.0.1:1"), new Uri("http://127.0.0.1:2"));
    private readonly Clock _clock = new();

    [Fact]
    public void A_local_cloud_that_is_gone_ends_a_wait_and_says_what_to_do()
    {
        var silence = new Silence(Local, _clock);
        silence.GoesOn(Fault, "It may run.");
        _clock.Now += Silence.OfLocalCloud - TimeSpan.FromSeconds(1);
        silence.GoesOn(Fault, "It may run.");
        _clock.Now += TimeSpan.FromSeconds(1);
        var told = Assert.Throws<StepFailedException>(() => silence.GoesOn(Fault, "It may run."));
        Assert.Equal("No answer for 15 s: refused\nIt may run. A local cloud that has ended starts again with 'mlops cloud up', and says then what became of it.", told.Message);
    }

    [Fact]
    public void An_answer_ends_the_silence_and_Google_is_given_longer()
    {
        var silence = new Silence(Local, _clock);
        silence.GoesOn(Fault, "");
        silence.End();
        _clock.Now += Silence.OfLocalCloud;
        silence.GoesOn(Fault, "");

        var google = new Silence(GcpEndpoint.Google, _clock);
        google.GoesOn(Fault, "");
        _clock.Now += Silence.OfGoogle - TimeSpan.FromSeconds(1);
        google.GoesOn(Fault, "");
    }

    private static CloudException Fault => new(StatusCode.Unavailable, "cloudbuild.googleapis.com", "refused");

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
