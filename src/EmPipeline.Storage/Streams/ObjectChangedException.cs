namespace EmPipeline.Storage;

/// <summary>The object is no longer the version that was begun with. Never leaves this library: a download starts again.</summary>
internal sealed class ObjectChangedException(string place) : Exception($"{place}: changed while it was being read.");
