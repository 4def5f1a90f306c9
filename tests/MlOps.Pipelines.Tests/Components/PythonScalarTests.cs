using System.Globalization;
using CsCheck;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Tests.Components;

public sealed class PythonScalarTests
{
    /// <summary>As Python's <c>repr</c> has them.</summary>
    [Theory]
    [InlineData(1e-7, "1e-07")]
    [InlineData(-1e-6, "-1e-06")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.05, "0.05")]
    [InlineData(5.2, "5.2")]
    [InlineData(10, "10.0")]
    [InlineData(123456789012345680.0, "1.2345678901234568e+17")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1e23, "1e+23")]
    [InlineData(5e-324, "5e-324")]
    public void Floats_are_written_as_python_writes_them(double number, string text) => Assert.Equal(text, PythonScalar.Number(number));

    [Fact]
    public void Any_float_is_read_back_as_it_was() => Gen.Double.Where(double.IsFinite).Sample(number => double.Parse(PythonScalar.Number(number), CultureInfo.InvariantCulture) == number);

    [Fact]
    public void So_is_any_power_of_ten() => Assert.All(
        Enumerable.Range(-300, 600).SelectMany(exponent => Enumerable.Range(1, 9).Select(digit => double.Parse(string.Create(CultureInfo.InvariantCulture, $"{digit}e{exponent}"), CultureInfo.InvariantCulture))),
        number => Assert.Equal(number, double.Parse(PythonScalar.Number(number), CultureInfo.InvariantCulture)));
}
