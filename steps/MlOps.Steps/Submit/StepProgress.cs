using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using static Google.Cloud.CloudBuild.V1.Build.Types;

namespace MlOps.Steps.Submit;

/// <summary>How one step gets on.</summary>
/// <param name="Name">Its id; without one its image.</param>
/// <param name="Took">So far, or in all; null before its start.</param>
public sealed record StepView(int Index, string Name, Status Status, System.TimeSpan? Took);

/// <summary>
/// Follows a build's steps by its log, for Cloud Build tells their statuses at the build's end only, and keeps each step's last lines.
/// </summary>
public sealed class StepProgress
{
    private const int TailLines = 20;
    private readonly TimeProvider _time;
    private readonly Step[] _steps;
    private bool _stepsRun;

    public StepProgress(BuildMessage build, TimeProvider time)
    {
        _time = time;
        _steps = [.. build.Steps.Select((step, index) => new Step(index, step))];
    }

    /// <summary>A step's states and times as they are now.</summary>
    public ImmutableArray<StepView> Steps => [.. _steps.Select(step => step.View(_time))];

    /// <summary>A line of the log.</summary>
    public void Line(string line)
    {
        if (_steps.Length == 1)
        {
            OnlyStep(line);
            return;
        }

        foreach (var step in _steps.Where(step => line.Contains(step.Title, StringComparison.Ordinal)))
        {
            if (line.StartsWith(step.Title + ": ", StringComparison.Ordinal))
            {
                step.Keep(line[(step.Title.Length + 2)..]);
            }
            else if (line == "Starting " + step.Title)
            {
                step.Start(_time);
            }
            else if (line == "Finished " + step.Title)
            {
                step.End(Status.Success, _time);
            }
        }
    }

    /// <summary>The build as the service has it: its word on steps counts more than the log's.</summary>
    public void Seen(BuildMessage build)
    {
        foreach (var (step, told) in _steps.Zip(build.Steps).Where(pair => pair.Second.Status is not (Status.Unknown or Status.Queued)))
        {
            step.Told(told, _time);
        }
    }

    /// <summary>As the log names a step: <c>Step #1 - "test"</c>.</summary>
    public string TitleOf(int index) => _steps[index].Title;

    /// <summary>The last lines that a step printed.</summary>
    public IReadOnlyCollection<string> TailOf(int index) => _steps[index].Tail;

    /// <summary>A build of one step has neither prefixes nor lines for its start and end.</summary>
    private void OnlyStep(string line)
    {
        if (line == "BUILD")
        {
            _stepsRun = true;
            _steps[0].Start(_time);
        }
        else if (_stepsRun && (line is "PUSH" or "DONE" or "ERROR" or "TIMEOUT" or "CANCELLED"))
        {
            _stepsRun = false;
            _steps[0].End(line is "PUSH" or "DONE" ? Status.Success : Status.Working, _time);
        }
        else if (_stepsRun)
        {
            _steps[0].Keep(line);
        }
    }

    private sealed class Step(int index, BuildStep step)
    {
        private readonly Queue<string> _tail = new();
        private Status _status = Status.Queued;
        private long? _start;
        private System.TimeSpan? _took;

        /// <summary>As the log has it.</summary>
        public string Title { get; } = step.Id.Length > 0 ? $"Step #{index} - \"{step.Id}\"" : $"Step #{index}";

        public IReadOnlyCollection<string> Tail => _tail;

        public StepView View(TimeProvider time) =>
            new(index, step.Id.Length > 0 ? step.Id : step.Name, _status, _took ?? (_start is { } start ? time.GetElapsedTime(start) : null));

        public void Keep(string line)
        {
            // Of the image, before the step itself says anything.
            if (_tail.Count == 0 && line.StartsWith("Already have image", StringComparison.Ordinal))
            {
                return;
            }

            _tail.Enqueue(line);
            if (_tail.Count > TailLines)
            {
                _tail.Dequeue();
            }
        }

        public void Start(TimeProvider time)
        {
            _start ??= time.GetTimestamp();
            _status = Status.Working;
        }

        public void End(Status status, TimeProvider time)
        {
            _status = status;
            _took ??= status == Status.Working ? null : _start is { } start ? time.GetElapsedTime(start) : null;
        }

        public void Told(BuildStep told, TimeProvider time)
        {
            if (told.Status == Status.Working)
            {
                Start(time);
                return;
            }

            End(told.Status, time);
            _took = BuildStates.Took(told.Timing) ?? _took;
        }
    }
}
