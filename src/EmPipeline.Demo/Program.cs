using EmPipeline.Demo.Mirroring;

var watch = System.Diagnostics.Stopwatch.StartNew();
Console.WriteLine(MirrorGenerator.Generate(args[0]).Written);
Console.WriteLine(watch.Elapsed);
