using System.Text.Json.Nodes;
using CsCheck;
using MlOps.Core.Problems;
using MlOps.Steps.Submit;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Submit;

public sealed class IgnoreRulesTests : IDisposable
{
    private static readonly string[] Pieces =
        ["a", "b", "*", "**", "?", "a*", "*.py", "[ab]", "[!a]", "[]a]", "[a-c]b", "[c-a]", "[!c-a]", "[", "\\*", "\\#x", "\\\\", "\\", "x y", "x\\ ", " ", "  ", ".git", "ab", "", "!", "#", "[a-]", "[--b]", "é", "[!", "a-b", "[^a]", "[\\a]"];

    private static readonly string[] Joints = ["/", "/", "", "/**/", "//"];

    private static readonly string[] Paths =
    [
        "a", "a/", "b", "b/", "ab", "ab/", "a/b", "a/b/", "b/a", "a/a/b", "a/b/a", "x y", "x y/a", "*", "#x", "\\", "é", "c.py", "a/c.py", "a/b/c.py", ".git/", ".git/config", "cb", "-", "a-b", "^", "[", "!", "a/é/b", "ab/ab/ab", "bb/", "xx/a", "[a", "]",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Patterns_leave_out_what_gcloud_leaves_out()
    {
        var piece = Gen.Int[0, Pieces.Length - 1].Select(at => Pieces[at]);
        var joint = Gen.Int[0, Joints.Length - 1].Select(at => Joints[at]);
        var pattern = Gen.Select(Gen.Int[0, 9], joint, piece, joint, piece, joint, Gen.Int[0, 3]).Select(parts =>
        {
            var (first, j0, one, j1, two, j2, length) = parts;
            var text = length switch { 0 => one, 1 => one + j1 + two, 2 => j0 + one, _ => one + j1 + two + j2 };
            return first < 3 ? "!" + text : text;
        });
        pattern.Array[1, 4].Array[600].Sample(
            cases =>
            {
                var rules = cases.Select(lines => string.Join('\n', lines)).ToArray();
                var answers = Gcloud.Ask(rules.Select(text => new JsonObject { ["rules"] = text, ["paths"] = new JsonArray([.. Paths.Select(JsonNode? (path) => path)]) }));
                foreach (var (text, answer) in rules.Zip(answers))
                {
                    var chooser = Rules(text);
                    Assert.Equal((text, string.Join(' ', answer)), (text, string.Join(' ', Paths.Where(path => IsIncluded(chooser, path)))));
                }
            },
            iter: 1);
    }

    [Fact]
    public void What_is_uploaded_of_a_tree_is_what_gcloud_uploads()
    {
        string[] rules = ["node_modules/\n*.log\n!keep.log\n", "/build\n**/tmp\n#!include:.gitignore\n", "*\n!src\n!src/**\n", "src/*.py\n", ""];
        var folders = rules.Select((text, at) => Tree($"{at}", text)).Append(Tree("git", null)).ToArray();
        var answers = Gcloud.Ask(folders.Select(folder => new JsonObject { ["folder"] = folder }));
        foreach (var (folder, answer) in folders.Zip(answers))
        {
            Assert.Equal(answer, Listed(folder));
        }
    }

    [Fact]
    public void The_real_command_lists_the_same_files()
    {
        var folder = Tree("real", "node_modules/\n*.log\n#!include:.gitignore\n");
        File.Delete(Path.Combine(folder, "nowhere"));
        var ours = Listed(folder).Where(path => !path.EndsWith('/')).Order(StringComparer.Ordinal);
        // It follows links, which the upload does not.
        var theirs = Gcloud.Ask([]) is [] ? Gcloud.Run("gcloud", ["meta", "list-files-for-upload", folder], "").Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
        Assert.Equal(ours, theirs.Where(path => !path.StartsWith("folder/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_gcloudignore_git_s_own_files_and_what_git_ignores_are_left_out()
    {
        var folder = Tree("plain", null);
        Assert.Equal([".gitignore", ".git", "secret.txt"], IgnoreRules.Of(folder) is var rules ? new[] { ".gitignore", ".git", "secret.txt", "src" }.Where(path => rules.Ignores(path, isFolder: path == ".git")) : []);
        Directory.Delete(Path.Combine(folder, ".git"), recursive: true);
        File.Delete(Path.Combine(folder, ".gitignore"));
        Assert.False(IgnoreRules.Of(folder).Ignores("secret.txt", isFolder: false));
    }

    [Theory]
    [InlineData("#!include:none\n", 1, "there is no such file beside this one")]
    [InlineData("a\n# !include:../x\n", 2, "only a file of the same folder can be included")]
    [InlineData("#!include:.gitignore \n", 1, "(a space at its end is part of the name)")]
    public void An_include_that_cannot_be_read_says_where(string text, int line, string message)
    {
        _folder.Write(".gitignore", "");
        _folder.Write(".gcloudignore", text);
        var problem = Assert.Single(Assert.Throws<InvalidInputException>(() => IgnoreRules.Of(_folder.Path)).Problems);
        Assert.Equal((Path.Combine(_folder.Path, ".gcloudignore"), line), (problem.File, problem.Line));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ignore_file_of_another_name_must_be_there()
    {
        _folder.Write("deploy.ignore", "a");
        Assert.True(IgnoreRules.Of(_folder.Path, "deploy.ignore").Ignores("a", isFolder: false));
        Assert.Contains("--ignore-file none", Assert.Throws<InvalidInputException>(() => IgnoreRules.Of(_folder.Path, "none")).Message, StringComparison.Ordinal);
    }

    private IgnoreRules Rules(string text)
    {
        _folder.Write(".gcloudignore", text);
        return IgnoreRules.Of(_folder.Path);
    }

    private static bool IsIncluded(IgnoreRules rules, string path)
    {
        var parts = path.TrimEnd('/').Split('/');
        return Enumerable.Range(1, parts.Length).All(count => !rules.Ignores(string.Join('/', parts.Take(count)), isFolder: count < parts.Length || path.EndsWith('/')));
    }

    private static string[] Listed(string folder) =>
        [.. SourceListing.Of(folder, IgnoreRules.Of(folder)).Entries.Select(entry => entry.Path + (entry.Info is DirectoryInfo ? "/" : "")).Order(StringComparer.Ordinal)];

    private string Tree(string name, string? rules)
    {
        foreach (var file in new[] { "src/a.py", "src/deep/b.py", "src/node_modules/x.js", "node_modules/y.js", "build/out", "sub/build/out", "tmp/x", "sub/tmp/y", "err.log", "keep.log", "sub/keep.log", ".git/HEAD", "secret.txt", "é.txt" })
        {
            _folder.Write($"{name}/{file}", "");
        }

        _folder.Write($"{name}/.gitignore", "secret.txt\n/build/\n");
        var folder = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "src/a.py");
        File.CreateSymbolicLink(Path.Combine(folder, "folder"), "src");
        File.CreateSymbolicLink(Path.Combine(folder, "nowhere"), "none");
        if (rules is not null)
        {
            _folder.Write($"{name}/.gcloudignore", rules);
        }

        return folder;
    }
}
