using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Registries;

/// <summary>Finds out which addresses a registry's source stands for.</summary>
internal static class SourceResolver
{
    /// <param name="place">The source's place in the configuration, for messages.</param>
    /// <exception cref="EmException">The registry does not answer, or has no such thing.</exception>
    public static Task<ResolvedSource> ResolveAsync(RegistryClient client, SourceConfig source, string place, CancellationToken cancellation) => source.Kind switch
    {
        SourceKind.Empiar => EmpiarFiles.ResolveAsync(client, source, place, cancellation),
        SourceKind.Idr => IdrFiles.ResolveAsync(client, source, place, cancellation),
        SourceKind.OpenOrganelle => OpenOrganelleArrays.ResolveAsync(client, source, place, cancellation),
        _ => NeuroglancerLayers.ResolveAsync(client, source, place, cancellation),
    };
}
