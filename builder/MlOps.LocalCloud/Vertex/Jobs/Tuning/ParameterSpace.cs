using System.Globalization;
using Kind = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec.ParameterValueSpecOneofCase;
using ParameterSpec = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec;
using Scale = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec.Types.ScaleType;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace MlOps.LocalCloud.Vertex.Jobs.Tuning;

/// <summary>The values that a parameter may have, as points of [0, 1) (study.proto, <c>ParameterSpec</c>).</summary>
internal static class ParameterSpace
{
    /// <summary>How many values there are; null for a continuum.</summary>
    public static long? Count(ParameterSpec parameter) => parameter.ParameterValueSpecCase switch
    {
        Kind.IntegerValueSpec => parameter.IntegerValueSpec.MaxValue - parameter.IntegerValueSpec.MinValue + 1,
        Kind.CategoricalValueSpec => parameter.CategoricalValueSpec.Values.Count,
        Kind.DiscreteValueSpec => parameter.DiscreteValueSpec.Values.Count,
        _ => null,
    };

    /// <summary>The value of this number, from 0, in their order.</summary>
    public static Value At(ParameterSpec parameter, long index) => parameter.ParameterValueSpecCase switch
    {
        Kind.IntegerValueSpec => Value.ForNumber(parameter.IntegerValueSpec.MinValue + index),
        Kind.CategoricalValueSpec => Value.ForString(parameter.CategoricalValueSpec.Values[(int)index]),
        _ => Value.ForNumber(parameter.DiscreteValueSpec.Values[(int)index]),
    };

    /// <summary>
    /// The value at a point of [0, 1), which the parameter's scale spreads over its range. Categories are equally likely;
    /// of discrete values, the nearest to the point.
    /// </summary>
    public static Value At(ParameterSpec parameter, double point)
    {
        switch (parameter.ParameterValueSpecCase)
        {
            case Kind.CategoricalValueSpec:
                return At(parameter, (long)(point * parameter.CategoricalValueSpec.Values.Count));
            case Kind.DiscreteValueSpec when parameter.ScaleType is Scale.Unspecified:
                return At(parameter, (long)(point * parameter.DiscreteValueSpec.Values.Count));
            case Kind.DiscreteValueSpec:
                var values = parameter.DiscreteValueSpec.Values;
                var near = Scaled(parameter.ScaleType, values.Min(), values.Max(), point);
                return Value.ForNumber(values.MinBy(value => Math.Abs(value - near)));
            case Kind.IntegerValueSpec:
                var range = parameter.IntegerValueSpec;
                return Value.ForNumber(parameter.ScaleType is Scale.UnitLogScale or Scale.UnitReverseLogScale
                    ? Math.Clamp(Math.Round(Scaled(parameter.ScaleType, range.MinValue, range.MaxValue, point)), range.MinValue, range.MaxValue)
                    : range.MinValue + Math.Floor(point * (range.MaxValue - range.MinValue + 1.0)));
            default:
                return Value.ForNumber(Scaled(parameter.ScaleType, parameter.DoubleValueSpec.MinValue, parameter.DoubleValueSpec.MaxValue, point));
        }
    }

    /// <summary>As it stands behind <c>--NAME=</c>: numbers in shortest form, categories as they are.</summary>
    public static string Text(Value value) => value.KindCase == Value.KindOneofCase.StringValue ? value.StringValue : value.NumberValue.ToString("R", CultureInfo.InvariantCulture);

    private static double Scaled(Scale scale, double least, double most, double point) => scale switch
    {
        Scale.UnitLogScale => Math.Clamp(least * Math.Pow(most / least, point), least, most),
        Scale.UnitReverseLogScale => Math.Clamp(least + most - (least * Math.Pow(most / least, 1 - point)), least, most),
        _ => least + (point * (most - least)),
    };
}
