using System.Security.Cryptography;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Tests;

/// <summary>Every codec on what other software encoded (tests/data/codecs/make.py), whole and damaged.</summary>
public sealed class CodecPayloadTests
{
    private const int SeedsPerPayload = 200;

    public static IEnumerable<TheoryDataRow<string>> Names() =>
        Payload.All.Keys.Order(StringComparer.Ordinal).Select(name => new TheoryDataRow<string>(name) { TestDisplayName = name });

    [Theory]
    [MemberData(nameof(Names))]
    public void A_payload_decodes_to_the_bytes_it_was_made_of(string name)
    {
        var payload = Payload.All[name];
        var target = new byte[payload.DecodedLength];
        payload.Codec.Decode(payload.Encoded, target).Should().Be(target.Length);
        Convert.ToHexStringLower(SHA256.HashData(target)).Should().Be(payload.Sha256);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_larger_target_takes_just_what_is_there(string name)
    {
        var payload = Payload.All[name];
        var target = new byte[payload.DecodedLength + 100];
        payload.Codec.Decode(payload.Encoded, target).Should().Be(payload.DecodedLength);
        Convert.ToHexStringLower(SHA256.HashData(target.AsSpan(0, payload.DecodedLength))).Should().Be(payload.Sha256);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_target_too_small_is_refused(string name)
    {
        var payload = Payload.All[name];
        var decode = () => payload.Codec.Decode(payload.Encoded, new byte[payload.DecodedLength - 1]);
        decode.Should().Throw<InvalidDataException>();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_payload_cut_short_is_refused_or_decodes_to_less(string name)
    {
        var payload = Payload.All[name];
        for (var length = 0; length < payload.Encoded.Length; length += 1 + (payload.Encoded.Length / 97))
        {
            var written = -1;
            try
            {
                written = payload.Codec.Decode(payload.Encoded.AsSpan(0, length), new byte[payload.DecodedLength]);
            }
            catch (Exception e) when (e is InvalidDataException or NotSupportedException)
            {
                continue;
            }

            written.Should().BeLessThan(payload.DecodedLength, "{0} of {1} bytes are there", length, payload.Encoded.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Damage_never_does_more_than_refuse(string name)
    {
        var payload = Payload.All[name];
        var target = new byte[payload.DecodedLength];
        for (var seed = 0; seed < SeedsPerPayload; seed++)
        {
            var random = new Random(seed);
            var damaged = payload.Encoded.ToArray();
            for (var i = 0; i <= seed % 4; i++)
                damaged[random.Next(seed % 2 == 0 ? Math.Min(64, damaged.Length) : damaged.Length)] = (byte)random.Next(256);
            try
            {
                payload.Codec.Decode(damaged, target).Should().BeInRange(0, target.Length);
            }
            catch (Exception e) when (e is InvalidDataException or NotSupportedException)
            {
                // What a caller expects.
            }
        }
    }
}
