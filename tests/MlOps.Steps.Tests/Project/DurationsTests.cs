using MlOps.Steps.Project;

namespace MlOps.Steps.Tests.Project;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86400)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    public void Each_unit_is_read(string text, int seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("h")]
    [InlineData("0s")]
    [InlineData("-1h")]
    [InlineData("2 h")]
    [InlineData("2H")]
    [InlineData("400d")]
    [InlineData("99999999999999s")]
    public void Anything_else_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));
}
