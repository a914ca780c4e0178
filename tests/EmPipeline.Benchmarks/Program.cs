using EmPipeline.Benchmarks;

return await RechunkBenchmarks.RunAsync(args);
