namespace EmPipeline.Volumes.Sections;

/// <summary>
/// Says what is wrong with sections. A figure counts as off when it is both: unusual, by so many deviations of what is usual around, and large
/// enough to matter; so neither a very even nor a very uneven volume is full of defects.
/// </summary>
internal sealed class SectionJudge
{
    private const double Nothing = 0.99;
    private const double Unusual = 8;
    private const double BlankShare = 0.1;
    // Of the deviation of grey values within a section.
    private const double GreyStep = 0.1;
    // A logarithm: a tenth less.
    private const double SharpnessFall = 0.105;
    // Of what two neighbours usually differ by.
    private const double SameShare = 0.1;
    private const double GapFactor = 2;
    // Of a patch.
    private const double LeastShift = 0.2;
    private const double LeastPeak = 0.4;

    private readonly IReadOnlyList<SectionMeasure> _sections;
    private readonly int _patch;
    private readonly SectionSeries _blank;
    private readonly SectionSeries _mean;
    private readonly SectionSeries _sharpness;
    private readonly SectionSeries _difference;
    private readonly SectionSeries _shiftY;
    private readonly SectionSeries _shiftX;
    private readonly SectionSeries _peak;
    private readonly SectionSeries _deviation;

    /// <param name="sections">All of them, in order.</param>
    /// <param name="patch">Voxels of a pixel of the pictures that were compared.</param>
    public SectionJudge(IReadOnlyList<SectionMeasure> sections, int patch)
    {
        (_sections, _patch) = (sections, patch);
        _blank = new([.. sections.Select(section => section.BlankShare)]);
        _mean = Series(section => section.Mean);
        _deviation = Series(section => section.StandardDeviation);
        _sharpness = Series(section => Math.Log(section.Sharpness / (section.StandardDeviation * section.StandardDeviation)));
        _difference = Series(section => Math.Log(Math.Max(1e-9, 1 - section.Motion.Correlation)));
        _shiftY = Series(section => section.Motion.ShiftY);
        _shiftX = Series(section => section.Motion.ShiftX);
        _peak = Series(section => section.Motion.Peak);
    }

    public IReadOnlyList<SectionFlags> Judge()
    {
        var flags = new SectionFlags[_sections.Count];
        for (var i = 0; i < flags.Length; i++)
            flags[i] = Emptiness(i);
        for (var i = 0; i < flags.Length; i++)
        {
            if (!HasContent(_sections[i]))
                continue;
            flags[i] |= Repetition(i) | Grey(i) | Step(i) | Focus(i);
        }

        Shifts(flags);
        for (var i = 1; i < flags.Length; i++)
        {
            if (flags[i] == SectionFlags.None && flags[i - 1] == SectionFlags.None && IsFarFromBefore(i))
                flags[i] = SectionFlags.Gap;
        }

        return flags;
    }

    private static bool HasContent(SectionMeasure section) => section.FiniteShare > 0 && section.BlankShare < Nothing;

    private SectionSeries Series(Func<SectionMeasure, double> value) => new([.. _sections.Select(section => HasContent(section) && double.IsFinite(value(section)) ? value(section) : double.NaN)]);

    private SectionFlags Emptiness(int i)
    {
        var section = _sections[i];
        if (!(section.FilledShare + 1 - section.FiniteShare < Nothing))
            return SectionFlags.Missing;
        return section.BlankShare >= Nothing || _blank.Off(i) >= BlankShare ? SectionFlags.Blank : SectionFlags.None;
    }

    private SectionFlags Repetition(int i)
    {
        var section = _sections[i];
        return section.IsRepeat || (1 - section.Motion.Correlation) <= SameShare * Math.Exp(_difference.Usual(i)) ? SectionFlags.Repeated : SectionFlags.None;
    }

    private SectionFlags Grey(int i)
    {
        var off = _mean.Off(i);
        if (!(Math.Abs(off) >= Math.Max(Unusual * _mean.Spread(i), GreyStep * _deviation.Usual(i))))
            return SectionFlags.None;
        return off < 0 ? SectionFlags.Dark : SectionFlags.Bright;
    }

    private SectionFlags Step(int i)
    {
        var step = Math.Abs(_mean.Step(i));
        var isStep = step >= Math.Max(Unusual * _mean.Spread(i), 2 * GreyStep * _deviation.Usual(i));
        // The medians change over a few sections: it is where the mean itself does.
        return isStep && Math.Abs(_mean[i] - _mean[Math.Max(0, i - 1)]) >= 0.7 * step ? SectionFlags.Step : SectionFlags.None;
    }

    private SectionFlags Focus(int i) =>
        -_sharpness.Off(i) >= Math.Max(Unusual * _sharpness.Spread(i), SharpnessFall) ? SectionFlags.Blurred : SectionFlags.None;

    private void Shifts(SectionFlags[] flags)
    {
        var last = (Y: 0.0, X: 0.0);
        for (var i = 1; i < flags.Length; i++)
        {
            var (y, x) = (_shiftY[i] - _shiftY.Usual(i), _shiftX[i] - _shiftX.Usual(i));
            var least = Math.Max(Unusual * Math.Max(_shiftY.Spread(i), _shiftX.Spread(i)), LeastShift * _patch);
            var isFar = Math.Sqrt((y * y) + (x * x)) >= least && _sections[i].Motion.Peak >= LeastPeak * _peak.Usual(i);
            // Back where the others are.
            var isReturn = isFar && Math.Sqrt(((y + last.Y) * (y + last.Y)) + ((x + last.X) * (x + last.X))) < least;
            last = isFar && !isReturn ? (y, x) : default;
            if (isFar && !isReturn)
                flags[i] |= SectionFlags.Shifted;
        }
    }

    private bool IsFarFromBefore(int i) => _difference.Off(i) >= Math.Max(Unusual * _difference.Spread(i), Math.Log(GapFactor));
}
