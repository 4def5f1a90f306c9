using System.Text.Json;
using CsCheck;
using MlOps.LocalCloud.Vertex;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using MlOps.LocalCloud.Vertex.Running;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Values;

public sealed class ValueTests
{
    [Theory]
    [InlineData("5", "5")]
    [InlineData("5.0", "5")]
    [InlineData("-0.0", "0")]
    [InlineData("0.25", "0.25")]
    [InlineData("1e3", "1000")]
    [InlineData("1.5e-7", "0.00000015")]
    [InlineData("-2.5e20", "-250000000000000000000")]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("true", "true")]
    [InlineData("null", "")]
    [InlineData("\"a \\\"b\\\" é\"", "a \"b\" é")]
    [InlineData("[1.0, {\"a\": [2.0, 2.5, \"é\"]}]", """[1,{"a":[2,2.5,"é"]}]""")]
    public void A_value_as_text(string json, string text) => Assert.Equal(text, Coercion.Text(Json.Parse(json)));

    [Fact]
    public void Any_number_reads_back_from_its_text() =>
        Gen.Double.Where(double.IsFinite).Sample(number => double.Parse(Json.NumberText(number), System.Globalization.CultureInfo.InvariantCulture) == number);

    [Theory]
    [InlineData(nameof(ParameterType.Integer), " 7\n", "7")]
    [InlineData(nameof(ParameterType.Integer), "7.0", "7")]
    [InlineData(nameof(ParameterType.Double), "1e-3\n", "0.001")]
    [InlineData(nameof(ParameterType.Boolean), "True\n", "true")]
    [InlineData(nameof(ParameterType.String), " verbatim\n", "\" verbatim\\n\"")]
    [InlineData(nameof(ParameterType.List), "[1, 2]\n", "[1,2]")]
    [InlineData(nameof(ParameterType.Struct), "{\"a\": 1.0}", "{\"a\":1}")]
    public void An_output_file_is_read_by_the_declared_type(string type, string text, string value) =>
        Assert.Equal(value, Json.Text(Coercion.Output("o", Enum.Parse<ParameterType>(type), text)));

    [Theory]
    [InlineData(nameof(ParameterType.Integer), "7.5")]
    [InlineData(nameof(ParameterType.Integer), "9007199254740993")]
    [InlineData(nameof(ParameterType.Integer), "seven")]
    [InlineData(nameof(ParameterType.Double), "NaN")]
    [InlineData(nameof(ParameterType.Boolean), "yes")]
    [InlineData(nameof(ParameterType.List), "{}")]
    [InlineData(nameof(ParameterType.Struct), "[1")]
    public void An_output_of_another_type_is_refused(string type, string text)
    {
        var fault = Assert.Throws<TaskFaultException>(() => Coercion.Output("o", Enum.Parse<ParameterType>(type), text));

        Assert.Contains("'o'", fault.Message);
        Assert.Contains(text, fault.Message);
    }

    [Fact]
    public void A_string_input_takes_anything_and_no_other_type_does()
    {
        Assert.Equal("\"[1,2]\"", Json.Text(Coercion.Input("s", ParameterType.String, Json.Parse("[1.0, 2]"))));
        Assert.Equal("\"true\"", Json.Text(Coercion.Input("s", ParameterType.String, Json.Parse("true"))));
        Assert.Throws<TaskFaultException>(() => Coercion.Input("n", ParameterType.Integer, Json.Of("7")));
        Assert.Throws<TaskFaultException>(() => Coercion.Input("l", ParameterType.List, Json.Of("[]")));
    }

    [Fact]
    public void Literals_must_match_exactly()
    {
        JsonElement[] literals = [Json.Of("a"), Json.Of("b")];
        Coercion.CheckLiterals("p", [.. literals], Json.Of("b"));
        Assert.Contains("must be one of \"a\", \"b\"", Assert.Throws<TaskFaultException>(() => Coercion.CheckLiterals("p", [.. literals], Json.Of("c"))).Message);
    }

    [Theory]
    [InlineData("4", 4)]
    [InlineData("500m", 0.5)]
    [InlineData("16G", 16e9)]
    [InlineData("512Mi", 536870912)]
    [InlineData("1.5Gi", 1610612736)]
    public void Amounts_as_Kubernetes_writes_them(string text, double amount) => Assert.Equal(amount, ResourceAmount.Parse("memory", text));

    [Theory]
    [InlineData("lots")]
    [InlineData("-1")]
    [InlineData("")]
    public void What_is_no_amount_is_refused(string text) => Assert.Throws<TaskFaultException>(() => ResourceAmount.Parse("CPU", text));
}
