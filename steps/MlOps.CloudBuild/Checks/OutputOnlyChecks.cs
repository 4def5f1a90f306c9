using Google.Api;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MlOps.CloudBuild.Checks;

/// <summary>Fields that the service fills in (<c>OUTPUT_ONLY</c> in cloudbuild.proto): what a file says there is not read.</summary>
internal static class OutputOnlyChecks
{
    public static void Check(Build build, Findings findings)
    {
        Check(build, "", findings);
        for (var index = 0; index < build.Steps.Count; index++)
        {
            Check(build.Steps[index], $"steps[{index}].", findings);
        }
    }

    private static void Check(IMessage message, string prefix, Findings findings)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(field => IsSet(message, field) && IsOutput(field)))
        {
            findings.Warning(CheckCodes.OutputOnlyField, $"'{field.JsonName}' is set by Cloud Build; what stands here is not read. Remove it.", prefix + field.JsonName);
        }
    }

    private static bool IsSet(IMessage message, FieldDescriptor field) => field.Accessor.GetValue(message) switch
    {
        null => false,
        string text => text.Length > 0,
        System.Collections.ICollection items => items.Count > 0,
        IMessage => true,
        var scalar => Convert.ToInt64(scalar, System.Globalization.CultureInfo.InvariantCulture) != 0,
    };

    private static bool IsOutput(FieldDescriptor field) => field.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior)?.Contains(FieldBehavior.OutputOnly) == true;
}
