using System.Globalization;
using System.Text;
using System.Xml;
using MlOps.Core.Files;

namespace MlOps.Steps.Test;

/// <summary>One JUnit report of all suites, as Cloud Build's and other hosts' test views read it.</summary>
internal static class JUnitWriter
{
    private static readonly XmlWriterSettings Settings = new() { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), CheckCharacters = false };

    public static void Write(string path, IReadOnlyCollection<(TestSuiteResult Result, TestCases Tests)> suites)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, Settings))
        {
            xml.WriteStartElement("testsuites");
            Counts(xml, [.. suites.Select(suite => suite.Result)]);
            foreach (var (result, tests) in suites)
            {
                Suite(xml, result, tests);
            }

            xml.WriteEndElement();
        }

        buffer.WriteByte((byte)'\n');
        AtomicFile.Write(path, buffer.ToArray());
    }

    private static void Suite(XmlWriter xml, TestSuiteResult result, TestCases tests)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", result.Name);
        Counts(xml, result);
        foreach (var test in tests.Cases)
        {
            Case(xml, test);
        }

        // What failed and is in no report: a command's exit code, a report that cannot be read.
        foreach (var failure in result.Failures.Where(failure => !tests.Cases.Any(test => test.Outcome == TestOutcome.Failed && test.FullName == failure.Name)))
        {
            Case(xml, new TestCase(result.Name, failure.Name, TestOutcome.Failed, 0, failure.Message, null, failure.Details));
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, params ReadOnlySpan<TestSuiteResult> suites)
    {
        var (tests, failures, skipped, seconds) = (0, 0, 0, 0.0);
        foreach (var suite in suites)
        {
            (tests, failures, skipped, seconds) = (tests + suite.Passed + suite.Failed + suite.Skipped, failures + suite.Failed, skipped + suite.Skipped, seconds + suite.Seconds);
        }

        xml.WriteAttributeString("tests", tests.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", failures.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("skipped", skipped.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("time", Seconds(seconds));
    }

    private static void Case(XmlWriter xml, TestCase test)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Clean(test.Class));
        xml.WriteAttributeString("name", Clean(test.Name));
        xml.WriteAttributeString("time", Seconds(test.Seconds));
        if (test.Outcome != TestOutcome.Passed)
        {
            xml.WriteStartElement(test.Outcome == TestOutcome.Failed ? "failure" : "skipped");
            Optional(xml, "message", test.Message);
            Optional(xml, "type", test.Type);
            if (test.Details is not null)
            {
                xml.WriteString(Clean(test.Details));
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Optional(XmlWriter xml, string name, string? value)
    {
        if (value is not null)
        {
            xml.WriteAttributeString(name, Clean(value));
        }
    }

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>Without the characters that XML forbids, which readers stricter than ours would stumble over.</summary>
    private static string Clean(string text) =>
        text.All(XmlConvert.IsXmlChar) || text.Any(char.IsSurrogate) ? text : string.Concat(text.Select(letter => XmlConvert.IsXmlChar(letter) ? letter : '\uFFFD'));
}
