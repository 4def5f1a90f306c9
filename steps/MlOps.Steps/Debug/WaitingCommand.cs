using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlOps.Steps.Debug;

/// <summary>
/// Makes a task's container wait for somebody with a shell: put before the task's own command, which the runner fills in as
/// always. The container writes that command, quoted, to <see cref="Script"/>, and ends when <see cref="Done"/> is there.
/// </summary>
public static class WaitingCommand
{
    /// <summary>The task's own command, ready to be run in the container.</summary>
    public const string Script = "/tmp/task";

    /// <summary>The container goes on until this file is there.</summary>
    public const string Done = "/tmp/task-done";

    // The x keeps newlines at the end of a word, which $(…) would cut off.
    private const string Text = $$"""
        {
          printf '#!/bin/sh\nexec'
          for word; do word=$(printf '%sx' "$word" | sed "s/'/'\\\\''/g"); printf " '%s'" "${word%x}"; done
          printf ' "$@"\n'
        } > {{Script}} && chmod +x {{Script}} && while [ ! -e {{Done}} ]; do sleep 1; done
        """;

    /// <summary>Program and arguments before the task's own words.</summary>
    internal static ImmutableArray<JsonNode?> Prefix(IEnumerable<string> entrypoint) => [.. new[] { "sh", "-c", Text.ReplaceLineEndings("\n"), "--" }.Concat(entrypoint).Select(word => (JsonNode?)word)];
}
