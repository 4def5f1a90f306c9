using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Substitutions;

/// <summary>Replaces <c>$KEY</c> and <c>${KEY}</c> in a build as Cloud Build does (docs/substitutions.md).</summary>
public static class Substitutor
{
    /// <param name="build">As it was read or sent; not changed.</param>
    /// <param name="given">Substitutions from outside, by name without <c>$</c>: they override the build's own. Built-ins may be among them; those that are not given are empty.</param>
    /// <param name="triggered">A trigger's build: always ALLOW_LOOSE with dynamic substitutions.</param>
    /// <param name="places">With a file: the build's own substitutions are that file's, where built-ins are refused; a request may hold those of triggers.</param>
    /// <param name="problems">Every undefined, unused or misspelt key, with the place of its use.</param>
    /// <returns>A copy with all fields substituted and <c>substitutions</c> holding the final values; null where there are errors.</returns>
    public static Build? Apply(Build build, IReadOnlyDictionary<string, string> given, bool triggered, ConfigPlaces places, ICollection<Problem> problems)
    {
        var substitution = new Substitution(build, given, triggered, places);
        var result = substitution.Apply();
        foreach (var problem in substitution.Problems)
        {
            problems.Add(problem);
        }

        return result;
    }

    /// <summary>One build's.</summary>
    private sealed class Substitution
    {
        private readonly Build _build;
        private readonly IReadOnlyDictionary<string, string> _given;
        private readonly bool _loose;
        private readonly bool _fromFile;
        private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
        private readonly HashSet<string> _used = new(StringComparer.Ordinal);
        private readonly SubstitutionProblems _problems;

        public Substitution(Build build, IReadOnlyDictionary<string, string> given, bool triggered, ConfigPlaces places)
        {
            (_build, _given, _fromFile) = (build, given, places.File is not null);
            _loose = triggered || build.Options?.SubstitutionOption == BuildOptions.Types.SubstitutionOption.AllowLoose;
            foreach (var (key, value) in build.Substitutions.Concat(given))
            {
                _values[key] = value;
            }

            _problems = new SubstitutionProblems(build, places, new Dictionary<string, string>(_values, StringComparer.Ordinal));
            CheckKeys();
            if (triggered || build.Options?.DynamicSubstitutions == true)
            {
                Expand();
            }
        }

        public IEnumerable<Problem> Problems => _problems.InOrder;

        public Build? Apply()
        {
            var result = _build.Clone();
            SubstitutedFields.Rewrite(result, (path, text) => Template.Replace(text, reference => Value(reference, path, text)));
            CheckUnused();
            if (_problems.Any)
            {
                return null;
            }

            AutomappedEnvironment.AddTo(result, SubstitutionKeys.BuiltIn.Where(key => !_values.ContainsKey(key)).ToDictionary(key => key, _ => "").Concat(_values));
            result.Substitutions.Clear();
            result.Substitutions.Add(_values.Where(pair => !SubstitutionKeys.OfEveryBuild.Contains(pair.Key)).ToDictionary());
            return result;
        }

        private void CheckKeys()
        {
            foreach (var key in _build.Substitutions.Keys.Where(key => _fromFile ? !SubstitutionKeys.IsUsers(key) : !SubstitutionKeys.MayBeSubmitted(key)))
            {
                _problems.BadKey(key, isBuilds: true);
            }

            foreach (var key in _given.Keys.Where(key => !SubstitutionKeys.IsUsers(key) && !SubstitutionKeys.BuiltIn.Contains(key)))
            {
                _problems.BadKey(key, isBuilds: false);
            }
        }

        private void Expand()
        {
            var dynamic = new DynamicValues(new Dictionary<string, string>(_values, StringComparer.Ordinal), (key, error) => _problems.Refused(key, error, IsBuilds(key)));
            foreach (var (key, reference, mindsMissing) in dynamic.References)
            {
                Use(reference, IsBuilds(key) ? $"substitutions.{key}" : "", _values[key], mindsMissing);
            }

            var cycles = dynamic.Cycles().ToArray();
            foreach (var cycle in cycles)
            {
                _problems.Cycle(cycle);
            }

            foreach (var key in cycles.Length > 0 ? [] : _values.Keys.ToArray())
            {
                _values[key] = dynamic.Value(key)!;
            }
        }

        private string Value(Reference reference, string path, string text)
        {
            Use(reference, path, text, mindsMissing: false);
            return _values.GetValueOrDefault(reference.Key, "");
        }

        private void Use(Reference reference, string path, string text, bool mindsMissing)
        {
            _used.Add(reference.Key);
            if (!SubstitutionKeys.IsUsers(reference.Key) && !SubstitutionKeys.BuiltIn.Contains(reference.Key))
            {
                _problems.NotBuiltIn(reference, path, text);
            }
            else if (!_loose && !mindsMissing && SubstitutionKeys.IsUsers(reference.Key) && !_values.ContainsKey(reference.Key))
            {
                _problems.Undefined(reference, path, text);
            }
        }

        private void CheckUnused()
        {
            if (_loose || AutomappedEnvironment.IsWanted(_build))
            {
                return;
            }

            var unused = _values.Keys.Where(key => !_used.Contains(key) && (SubstitutionKeys.IsUsers(key) || SubstitutionKeys.OfTriggers.Contains(key)));
            foreach (var key in unused.Order(StringComparer.Ordinal))
            {
                _problems.Unused(key, IsBuilds(key));
            }
        }

        /// <summary>Whether a value is the build's own, and not overridden.</summary>
        private bool IsBuilds(string key) => !_given.ContainsKey(key);
    }
}
