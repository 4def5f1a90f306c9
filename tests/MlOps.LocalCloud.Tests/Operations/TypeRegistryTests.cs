using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Tests.Operations;

public sealed class TypeRegistryTests
{
    /// <summary>Every type that a served method's <c>operation_info</c> names, and errors' details.</summary>
    public static TheoryData<string> Types()
    {
        var files = new[] { global::Google.Cloud.ArtifactRegistry.V1.ArtifactRegistry.Descriptor.File, global::Google.Cloud.AIPlatform.V1.PipelineService.Descriptor.File, global::Google.Cloud.CloudBuild.V1.CloudBuild.Descriptor.File };
        var named = files.SelectMany(file => file.Services.SelectMany(service => service.Methods, (_, method) => (file.Package, method)))
            .Where(call => call.method.OutputType == global::Google.LongRunning.Operation.Descriptor)
            .Select(call => (call.Package, Info: call.method.GetOptions()?.GetExtension(global::Google.LongRunning.OperationsExtensions.OperationInfo)))
            .Where(call => call.Info is not null)
            .SelectMany(call => new[] { call.Info!.MetadataType, call.Info.ResponseType }, (call, type) => type.Contains('.', StringComparison.Ordinal) ? type : $"{call.Package}.{type}");
        return [.. named.Append("google.rpc.ErrorInfo").Append("google.rpc.BadRequest").Distinct()];
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_type_that_an_operation_packs_can_be_written_as_JSON(string type)
    {
        var descriptor = GrpcApis.Types.Find(type);
        Assert.NotNull(descriptor);
        var packed = Any.Pack((IMessage)Activator.CreateInstance(descriptor.ClrType)!);
        Assert.Contains($"type.googleapis.com/{type}", GrpcApis.Json.Format(packed));
    }
}
