namespace EmPipeline.CommandLine;

/// <summary>The command line is wrong; the message says where, what was expected, and what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
