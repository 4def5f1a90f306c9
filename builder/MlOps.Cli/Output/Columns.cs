using Spectre.Console;

namespace MlOps.Cli.Output;

/// <summary>Rows under each other in columns, as wide as their widest cell; never wrapped, so that lines can be searched and cut.</summary>
internal static class Columns
{
    /// <param name="headers">One a column; all empty for a table without a head.</param>
    public static IEnumerable<string> Of(string[] headers, IEnumerable<string[]> rows)
    {
        var table = new Table { ShowHeaders = headers.Any(header => header.Length > 0) }.NoBorder();
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn(new Text(header)).NoWrap().PadLeft(0).PadRight(2));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        return PlainText.Of(table);
    }
}
