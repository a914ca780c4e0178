using EmPipeline.Stages.Ledgers;
namespace EmPipeline.Stages.Rechunk;
internal static class RechunkStage { public static Task<StageProduct> RunAsync(StageContext c, Ledger d, Ledger m, CancellationToken t) => throw new NotSupportedException(); }
