using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace MlOps.Steps.Test;

/// <summary>
/// Reads JUnit XML as the many tools write it: <c>testsuites</c>, a lone <c>testsuite</c>, suites within suites; cases with
/// <c>failure</c>, <c>error</c> (several, too) or <c>skipped</c>, or saying so by a <c>status</c> attribute.
/// </summary>
internal static class JUnitReader
{
    private static readonly XmlReaderSettings Settings = new()
    {
        // References to characters that XML forbids (&#x1b;) are taken. A document type has no place in a report.
        CheckCharacters = false,
        DtdProcessing = DtdProcessing.Prohibit,
    };

    /// <summary>All <c>*.xml</c> files of a folder.</summary>
    public static TestCases ReadFolder(string folder)
    {
        var cases = ImmutableArray.CreateBuilder<TestCase>();
        var unreadable = ImmutableArray.CreateBuilder<FailedTest>();
        var others = ImmutableArray.CreateBuilder<string>();
        foreach (var file in Files(folder))
        {
            var name = Path.GetRelativePath(folder, file).Replace('\\', '/');
            try
            {
                if (Read(file) is { } read)
                {
                    cases.AddRange(read);
                }
                else
                {
                    others.Add(name);
                }
            }
            catch (XmlException error)
            {
                unreadable.Add(new FailedTest(name, $"The report is not XML: {error.Message} Did the tests end in the middle?", null));
            }
        }

        return new TestCases(cases.ToImmutable(), unreadable.ToImmutable(), others.ToImmutable());
    }

    private static IEnumerable<string> Files(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [];

    /// <returns>Null where the file is XML, but no JUnit report.</returns>
    private static ImmutableArray<TestCase>? Read(string file)
    {
        using var reader = XmlReader.Create(new MemoryStream(WithoutControls(File.ReadAllBytes(file))), Settings);
        var root = XDocument.Load(reader).Root!;
        return root.Name.LocalName switch
        {
            "testsuites" => [.. Children(root, "testsuite").SelectMany(Suite), .. Children(root, "testcase").Select(element => Case(element, ""))],
            "testsuite" => [.. Suite(root)],
            _ => null,
        };
    }

    /// <summary>Output of tests is full of control characters, colours above all, that XML forbids and many tools write all the same.</summary>
    private static byte[] WithoutControls(byte[] content)
    {
        // UTF-16 is full of zeros that mean something.
        if (content is not ([0xFE, 0xFF, ..] or [0xFF, 0xFE, ..]))
        {
            for (var at = 0; at < content.Length; at++)
            {
                content[at] = content[at] < ' ' && content[at] is not ((byte)'\t' or (byte)'\r' or (byte)'\n') ? (byte)'?' : content[at];
            }
        }

        return content;
    }

    private static IEnumerable<TestCase> Suite(XElement suite)
    {
        var name = Attribute(suite, "name") ?? "";
        var cases = Children(suite, "testsuite").SelectMany(Suite).Concat(Children(suite, "testcase").Select(element => Case(element, name))).ToList();

        // A suite that could not be set up says so in its own attributes, or in an error beside the cases.
        var own = Problem(suite);
        var said = Number(suite, "failures") + Number(suite, "errors");
        if (cases.TrueForAll(test => test.Outcome != TestOutcome.Failed) && (own is not null || said > 0))
        {
            cases.Add(new TestCase(name, "(suite)", TestOutcome.Failed, 0, own is null ? $"The suite counts {said:0} failures, but no test case shows one." : Message(own), own is null ? null : Attribute(own, "type"), own is null ? null : Text(own)));
        }

        return cases;
    }

    private static TestCase Case(XElement element, string suite)
    {
        var (outcome, cause) = Outcome(element);
        return new TestCase(
            Attribute(element, "classname") ?? suite,
            Attribute(element, "name") ?? "(no name)",
            outcome,
            Number(element, "time"),
            cause is null ? null : Message(cause),
            cause is null ? null : Attribute(cause, "type"),
            outcome == TestOutcome.Failed ? Text(cause) : null);
    }

    private static (TestOutcome Outcome, XElement? Cause) Outcome(XElement element)
    {
        if (Problem(element) is { } problem)
        {
            return (TestOutcome.Failed, problem);
        }

        if (Children(element, "skipped").Concat(Children(element, "disabled")).FirstOrDefault() is { } skipped)
        {
            return (TestOutcome.Skipped, skipped);
        }

        var status = Attribute(element, "status")?.ToLowerInvariant();
        var result = Attribute(element, "result")?.ToLowerInvariant();
        return status is "notrun" or "skipped" or "disabled" or "ignored" || result is "suppressed" or "skipped" ? (TestOutcome.Skipped, null)
            : status is "failed" or "failure" or "error" or "fail" ? (TestOutcome.Failed, null)
            : (TestOutcome.Passed, null);
    }

    private static XElement? Problem(XElement element) => Children(element, "failure").Concat(Children(element, "error")).FirstOrDefault();

    private static string? Message(XElement cause) =>
        Attribute(cause, "message")?.Trim() is { Length: > 0 } message ? message : Text(cause)?.Split('\n')[0].TrimEnd('\r');

    private static string? Text(XElement? cause) => cause?.Value.Trim() is { Length: > 0 } text ? text.ReplaceLineEndings("\n") : null;

    // With or without a namespace.
    private static IEnumerable<XElement> Children(XElement element, string name) => element.Elements().Where(child => child.Name.LocalName == name);

    private static string? Attribute(XElement element, string name) => element.Attribute(name)?.Value;

    private static double Number(XElement element, string name) =>
        double.TryParse(Attribute(element, name), NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number > 0 ? number : 0;
}
