using System.Collections.Frozen;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>The keys of the IR and what may stand under them (kubeflow/pipelines, pipeline_spec.proto, schema 2.1; TFX writes the same).</summary>
internal static class IrMessages
{
    /// <summary>
    /// <c>text</c>, <c>flag</c>, <c>any</c>, what <see cref="IrScalar"/> reads, a message's name, <c>[…]</c> a list, <c>{…}</c> a map with
    /// keys of the author's.
    /// </summary>
    private const string Table = """
        PipelineSpec: pipelineInfo=PipelineInfo schemaVersion=text sdkVersion=text defaultPipelineRoot=text components={Component} deploymentSpec=Deployment root=Component
        PipelineInfo: name=text displayName=text description=text
        Component: inputDefinitions=Inputs outputDefinitions=Outputs dag=Dag executorLabel=text singlePlatformSpecs=[any] taskConfigPassthroughs=[any]
        Inputs: parameters={InputParameter} artifacts={InputArtifact}
        InputParameter: type=text parameterType=text defaultValue=any isOptional=flag description=text literals=[any]
        InputArtifact: artifactType=ArtifactType isArtifactList=flag isOptional=flag description=text
        Outputs: parameters={OutputParameter} artifacts={OutputArtifact}
        OutputParameter: type=text parameterType=text description=text
        OutputArtifact: artifactType=ArtifactType properties=any customProperties=any metadata=any isArtifactList=flag description=text
        ArtifactType: schemaTitle=text schemaUri=text instanceSchema=text schemaVersion=text
        Dag: tasks={Task} outputs=DagOutputs
        DagOutputs: parameters={DagParameter} artifacts={DagArtifact}
        DagParameter: valueFromParameter=ParameterSelector valueFromOneof=ParameterSelectors
        ParameterSelectors: parameterSelectors=[ParameterSelector]
        ParameterSelector: producerSubtask=text outputParameterKey=text
        DagArtifact: artifactSelectors=[ArtifactSelector]
        ArtifactSelector: producerSubtask=text outputArtifactKey=text
        Task: taskInfo=TaskInfo inputs=TaskInputs dependentTasks=[text] cachingOptions=Caching componentRef=ComponentRef triggerPolicy=Trigger artifactIterator=ArtifactIterator parameterIterator=ParameterIterator retryPolicy=Retry iteratorPolicy=IteratorPolicy
        TaskInfo: name=text
        Caching: enableCache=flag cacheKey=text
        ComponentRef: name=text
        Trigger: condition=text strategy=text
        Retry: maxRetryCount=count backoffDuration=duration backoffFactor=number backoffMaxDuration=duration
        IteratorPolicy: parallelismLimit=count
        ArtifactIterator: items=ArtifactItems itemInput=text
        ArtifactItems: inputArtifact=text
        ParameterIterator: items=ParameterItems itemInput=text
        ParameterItems: raw=text inputParameter=text
        TaskInputs: parameters={TaskParameter} artifacts={TaskArtifact}
        TaskParameter: taskOutputParameter=TaskOutputParameter runtimeValue=RuntimeValue componentInputParameter=text taskFinalStatus=FinalStatus parameterExpressionSelector=text
        TaskOutputParameter: producerTask=text outputParameterKey=text
        RuntimeValue: constant=any constantValue=any runtimeParameter=text
        FinalStatus: producerTask=text
        TaskArtifact: taskOutputArtifact=TaskOutputArtifact componentInputArtifact=text
        TaskOutputArtifact: producerTask=text outputArtifactKey=text
        Deployment: executors={Executor}
        Executor: container=Container importer=Importer resolver=any customJob=any
        Container: image=text command=[text] args=[text] env=[Variable] resources=Resources lifecycle=any
        Variable: name=text value=text
        Resources: cpuLimit=number memoryLimit=number cpuRequest=number memoryRequest=number resourceCpuLimit=cpu resourceMemoryLimit=memory resourceCpuRequest=cpu resourceMemoryRequest=memory accelerator=Accelerator
        Accelerator: type=text count=count resourceType=text resourceCount=countText
        Importer: artifactUri=any typeSchema=ArtifactType properties=any customProperties=any reimport=flag metadata=any downloadToWorkspace=flag
        PipelineJob: displayName=text pipelineSpec=any labels={text} runtimeConfig=RuntimeConfig encryptionSpec=any serviceAccount=text network=text reservedIpRanges=[text] pscInterfaceConfig=any templateUri=text preflightValidations=flag name=text createTime=text startTime=text endTime=text updateTime=text state=text jobDetail=any error=any templateMetadata=any scheduleName=text satisfiesPzs=flag satisfiesPzi=flag originalPipelineJobId=text pipelineTaskRerunConfigs=[any]
        RuntimeConfig: parameters={any} gcsOutputDirectory=text parameterValues={any} failurePolicy=text inputArtifacts={InputArtifactId} defaultRuntime=any
        InputArtifactId: artifactId=text
        """;

    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> Messages = Table.Split('\n')
        .Select(line => line.Split(": "))
        .ToFrozenDictionary(
            line => line[0],
            line => line[1].TrimEnd('\r').Split(' ').Select(field => field.Split('=')).ToFrozenDictionary(field => field[0], field => field[1], StringComparer.Ordinal),
            StringComparer.Ordinal);

    /// <summary>The keys of a message and the kind under each; null for a kind that is no message.</summary>
    public static FrozenDictionary<string, string>? Fields(string kind) => Messages.GetValueOrDefault(kind);
}
