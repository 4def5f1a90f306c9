using System.Text;
using MlOps.Core.Files;
using MlOps.Core.Problems;

namespace MlOps.Core.Tests.Files;

public sealed class TextFileTests
{
    [Theory]
    [InlineData(new byte[] { 0x61, 0xC3, 0xA9 }, "aé")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x61 }, "a")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0x00, 0xE9, 0x00 }, "aé")]
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00, 0x61 }, "a")]
    [InlineData(new byte[0], "")]
    public void Text_is_what_its_bytes_say(byte[] content, string text)
    {
        var problems = new List<Problem>();

        Assert.Equal(text, TextFile.Decode(content, "a.yaml", problems));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("name: a\n# caf\u00e9\n", 2, 6, "the byte 0xE9 here ('é' in Latin-1) stands for no letter. Save it as UTF-8.")]
    [InlineData("\u0093", 1, 1, "the byte 0x93 here stands for no letter")]
    public void What_is_no_text_is_refused_with_its_place(string latin, int line, int column, string says)
    {
        var problems = new List<Problem>();

        Assert.Null(TextFile.Decode(Encoding.Latin1.GetBytes(latin), "a.yaml", problems));

        var problem = Assert.Single(problems);
        Assert.Equal(("not-utf8", "a.yaml", line, column), (problem.Code, problem.File, problem.Line, problem.Column));
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_of_letters_and_a_mark_is_none()
    {
        var problems = new List<Problem>();

        TextFile.Decode([0xEF, 0xBB, 0xBF, .. "é€𝄞"u8, 0xC3], "a.yaml", problems);

        Assert.Equal((1, 5), (problems[0].Line, problems[0].Column));
    }
}
