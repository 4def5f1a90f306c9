namespace MlOps.Pipelines.Tests.Compilation;

/// <summary>A definition that uses everything the language has.</summary>
internal static class RichPipeline
{
    public const string Tasks = """
          first:
            component: make
            with: {count: '${{ inputs.rows }}'}
            retry: {attempts: 2, backoff: 30s, factor: 2.0, maxBackoff: 1h}
            resources: {cpu: '4', memory: 16G, accelerator: {type: NVIDIA_TESLA_T4, count: 1}}
            caching: {key: k}
            displayName: The first
          told:
            component: use
            if: ${{ tasks.first.outputs.rate }} >= 1
            with: {text: 'run ${{ run.name }} of ${{ inputs.label }}', options: {depth: 3, deep: ['${{ tasks.first.outputs.word }}']}}
            env: {LOG: debug}
          each:
            forEach: ${{ inputs.shards }}
            as: shard
            parallelism: 2
            tasks:
              score:
                component: use
                with: {text: '${{ shard.name }}', data: '${{ tasks.first.outputs.data }}'}
              inner:
                forEach: [{n: a, k: 1}, {n: b, k: 2}]
                as: row
                tasks:
                  deep:
                    component: use
                    if: ${{ row.k }} > 1
                    with: {text: '${{ row.n }} of ${{ shard }}', size: '${{ row.k }}'}
          gate:
            branches:
            - if: ${{ tasks.first.outputs.num }} > 3
              tasks: {fast: {component: use, with: {text: a}}}
            - if: ${{ inputs.label }} == 'x'
              tasks: {slow: {component: use, after: [first]}}
            - else: true
              tasks: {none: {component: use, ignoreUpstreamFailure: true}}
          last:
            component: use
            with:
              text: ${{ oneOf(tasks.fast.outputs.word, tasks.slow.outputs.word, tasks.none.outputs.word) }}
              items: ${{ collected(tasks.deep.outputs.word) }}
            after: [score]
          given: {importer: {uri: '${{ inputs.label }}', type: Dataset, metadata: {by: 'run ${{ run.id }}', word: '${{ tasks.first.outputs.word }}'}}}
          nested: {pipeline: ./nested.yaml, with: {word: '${{ tasks.first.outputs.word }}'}, caching: false}
        inputs:
          rows: {type: int, default: 3}
          label: {type: string}
          shards: {type: list, default: [{name: a}]}
        outputs:
          words: ${{ collected(tasks.score.outputs.word) }}
          model: ${{ oneOf(tasks.fast.outputs.model, tasks.slow.outputs.model, tasks.none.outputs.model) }}
          nested: ${{ tasks.nested.outputs.word }}
        """;

    public const string Nested = """
        name: nested
        inputs: {word: {type: string}, data: {type: Dataset, default: null}}
        tasks:
          first: {component: use, with: {text: '${{ inputs.word }}', data: '${{ inputs.data }}'}}
        outputs: {word: '${{ tasks.first.outputs.word }}'}
        """;
}
