using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.Reflection;

namespace MlOps.CloudBuild.Checks;

/// <summary>Options that do nothing, or soon will not.</summary>
internal static class OptionChecks
{
    public static void Check(Build build, Findings findings)
    {
        if (build.Options is not { } options)
        {
            return;
        }

        if (options.Pool?.Name.Length > 0 && options.MachineType != BuildOptions.Types.MachineType.Unspecified)
        {
            findings.Warning(CheckCodes.MachineWithPool, "The machines of a private pool are the pool's: 'machineType' says nothing here. Remove it.", "options.machineType");
        }

        foreach (var field in BuildOptions.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(options);
            if (value is string { Length: > 0 } && field.GetOptions()?.Deprecated == true)
            {
                findings.Warning(CheckCodes.DeprecatedOption, $"'{field.JsonName}' is deprecated{Instead(field.JsonName)}.", $"options.{field.JsonName}");
            }
            else if (field is { FieldType: FieldType.Enum, IsRepeated: false } && field.EnumType.FindValueByNumber((int)value) is { } name && name.GetOptions()?.Deprecated == true)
            {
                findings.Warning(CheckCodes.DeprecatedOption, $"'{name.Name}' is deprecated{Instead(name.Name)}.", $"options.{field.JsonName}");
            }
        }
    }

    private static string Instead(string name) => name switch
    {
        "STACKDRIVER_ONLY" => "; CLOUD_LOGGING_ONLY means the same",
        "N1_HIGHCPU_8" or "N1_HIGHCPU_32" => $"; use {name.Replace("N1", "E2", StringComparison.Ordinal)}",
        "workerPool" => "; use 'pool.name'",
        _ => "",
    };
}
