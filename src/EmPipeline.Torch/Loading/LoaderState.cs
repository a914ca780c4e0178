using System.Text.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// How far training has come: what <see cref="BlockLoader.Resume"/> goes on from, at the next batch exactly, with any number of workers and
/// ranks. As JSON less than a kilobyte; to be kept beside the weights.
/// </summary>
public sealed record LoaderState
{
    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = Current;

    /// <summary>Hash of the catalogue's content.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Hash of the query, or queries and their weights, and of the blocks that they chose.</summary>
    public required string Query { get; init; }

    /// <summary>Hash of the options that decide what a sample is and in which batch it comes. Workers, prefetch and ranks do not.</summary>
    public required string Options { get; init; }

    public ulong Seed { get; init; }

    public int Epoch { get; init; }

    /// <summary>Samples of the epoch that are done, on all ranks together.</summary>
    public long Samples { get; init; }

    private const int Current = 2;

    private static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public string ToJson() => JsonSerializer.Serialize(this, Form);

    /// <exception cref="EmException">It is not such a state, or of a later version.</exception>
    public static LoaderState Parse(string json)
    {
        LoaderState? state;
        try
        {
            state = JsonSerializer.Deserialize<LoaderState>(json, Form);
        }
        catch (JsonException error)
        {
            throw new EmException(Fault.Corrupt, $"loader state: {error.Message} Begin anew, or take an earlier checkpoint.", error);
        }

        return state is { Version: Current, Epoch: >= 0, Samples: >= 0 }
            ? state
            : throw new EmException(
                Fault.Configuration,
                $"loader state: got {(state is null ? "null" : $"version {state.Version}, epoch {state.Epoch}, {state.Samples} samples")}, expected version {Current} and no negative number. Begin anew, or go on with the version of this library that wrote it.");
    }

    /// <summary>Holds this state to the one that a loader begins with.</summary>
    /// <exception cref="EmException">It is of another catalogue, query, seed or other options.</exception>
    internal void Check(LoaderState own)
    {
        Same("catalogue", Catalogue, own.Catalogue);
        Same("query, or of one that chose other blocks", Query, own.Query);
        Same("seed", Seed, own.Seed);
        Same("options (those of the blocks, the batch size, the order)", Options, own.Options);

        static void Same<T>(string what, T got, T expected)
        {
            if (!EqualityComparer<T>.Default.Equals(got, expected))
                throw new EmException(Fault.Configuration, $"loader state: got one of another {what} ({got}), expected {expected}: its samples would not be these. Use what it was made with, or begin anew.");
        }
    }
}
