using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using MlOps.Core.Files;

namespace MlOps.Core.Tests.Files;

public sealed class JsonFaultTests
{
    [Theory]
    [InlineData("{\n  \"a\": 1,\n}", "at line 2, column 9 a comma has nothing after it: take it out")]
    [InlineData("{\"a\" 1}", "at column 6 expected ':' after the key \"a\", found '1'")]
    [InlineData("{'a': 1}", "at column 2 expected a key in double quotes, found '''")]
    [InlineData("[1 2]", "at column 4 expected ',' or ']' in a list, found '2'")]
    [InlineData("{\"a\": [1,\n 2", "at line 2, column 3 the text ends within a list that is opened at line 1")]
    [InlineData("{\"a\": ", "at column 7 expected a value, found the end")]
    [InlineData("", "at column 1 expected a value, found the end")]
    [InlineData("{\"a\": True}", "at column 7 expected a value, such as true, found 'T'")]
    [InlineData("[abc]", "at column 2 expected a value; text goes in double quotes, found 'a'")]
    [InlineData("{\"a\": \"b\n\"}", "at column 7 a text has no closing double quote in its line")]
    [InlineData("[\"a\\d\"]", "at column 4 a backslash in a text is written twice: \\\\")]
    [InlineData("[01]", "at column 2 '01' is no number of JSON; anything else goes in double quotes")]
    [InlineData("[1.2.3]", "at column 2 '1.2.3' is no number of JSON; anything else goes in double quotes")]
    [InlineData("{\"a\": 1, \"a\": 2}", "at column 10 the key \"a\" is there twice")]
    [InlineData("{} {}", "at column 4 expected the end, found '{'")]
    public void A_fault_is_told_where_it_is_and_what_was_expected(string text, string says) => Assert.Equal(says, JsonFault.In(text)?.ToString());

    [Theory]
    [InlineData("{\"a\": [1, -2.5e+3, 0, true, false, null, \"x\\n\\u00e9\", {}], \"b\": []}")]
    [InlineData(" \t\n\"a\" ")]
    public void JSON_has_no_fault(string text) => Assert.Null(JsonFault.In(text));

    [Fact]
    public void Whatever_the_reader_refuses_has_a_fault_and_whatever_it_takes_has_none() =>
        Gen.Char["{}[]\":,01.-e \\ntu\n"].Array[0, 12].Select(letters => new string(letters)).Sample(text => Assert.Equal(IsJson(text), JsonFault.In(text) is null), iter: 20_000);

    private static bool IsJson(string text)
    {
        try
        {
            JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
