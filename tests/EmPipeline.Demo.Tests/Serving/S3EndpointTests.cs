using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using EmPipeline.Demo.Tests.Support;

namespace EmPipeline.Demo.Tests.Serving;

/// <summary>The S3 endpoint as AWSSDK.S3 sees it with anonymous credentials.</summary>
public sealed class S3EndpointTests(Mirror mirror) : IDisposable
{
    private const string Bucket = "janelia-cosem-datasets";
    private const string Group = "jrc_mus-nacc-2/jrc_mus-nacc-2.zarr/recon-2/em/fibsem-int16/";

    private readonly AmazonS3Client _client = new(
        new AnonymousAWSCredentials(), new AmazonS3Config { ServiceURL = mirror.S3Address, ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task An_object_comes_whole_with_its_MD5_as_tag()
    {
        using var response = await _client.GetObjectAsync(Bucket, Group + "s0/0/0/0");
        using var content = new MemoryStream();
        await response.ResponseStream.CopyToAsync(content);
        Digest.Of(content.ToArray()).Should().Be(Digest.Of(File.ReadAllBytes(FileOf(Group + "s0/0/0/0"))));
        response.ETag.Should().Be($"\"{Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(content.ToArray()))}\"");
    }

    [Fact]
    public async Task A_range_of_an_object_comes_alone()
    {
        using var response = await _client.GetObjectAsync(new GetObjectRequest { BucketName = Bucket, Key = Group + "s0/0/0/0", ByteRange = new ByteRange(100, 299) });
        using var content = new MemoryStream();
        await response.ResponseStream.CopyToAsync(content);
        response.HttpStatusCode.Should().Be(HttpStatusCode.PartialContent);
        content.ToArray().Should().Equal(File.ReadAllBytes(FileOf(Group + "s0/0/0/0"))[100..300]);
    }

    [Fact]
    public async Task Head_states_the_size()
    {
        var response = await _client.GetObjectMetadataAsync(Bucket, Group + ".zattrs");
        response.ContentLength.Should().Be(new FileInfo(FileOf(Group + ".zattrs")).Length);
        using var whole = await _client.GetObjectAsync(Bucket, Group + ".zattrs");
        response.ETag.Should().Be(whole.ETag);
    }

    [Fact]
    public async Task An_absent_object_is_NoSuchKey()
    {
        // One of the chunks of zeros.
        var get = async () => await _client.GetObjectAsync(Bucket, Group + "s0/1/0/0");
        (await get.Should().ThrowAsync<NoSuchKeyException>()).Which.StatusCode.Should().Be(HttpStatusCode.NotFound);
        var head = async () => await _client.GetObjectMetadataAsync(Bucket, Group + "s0/1/0/0");
        (await head.Should().ThrowAsync<AmazonS3Exception>()).Which.StatusCode.Should().Be(HttpStatusCode.NotFound);
        var folder = async () => await _client.GetObjectAsync(Bucket, Group + "s0");
        await folder.Should().ThrowAsync<NoSuchKeyException>();
    }

    [Fact]
    public async Task An_absent_bucket_is_NoSuchBucket()
    {
        var list = async () => await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "absent" });
        (await list.Should().ThrowAsync<AmazonS3Exception>()).Which.ErrorCode.Should().Be("NoSuchBucket");
    }

    [Fact]
    public async Task A_range_behind_the_end_is_InvalidRange()
    {
        var get = async () => await _client.GetObjectAsync(
            new GetObjectRequest { BucketName = Bucket, Key = Group + ".zgroup", ByteRange = new ByteRange("bytes=1000-") });
        (await get.Should().ThrowAsync<AmazonS3Exception>()).Which.ErrorCode.Should().Be("InvalidRange");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Pages_of_a_listing_add_up_to_every_object_once(int pageSize)
    {
        var keys = new List<string>();
        await foreach (var item in _client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = Bucket, Prefix = Group, MaxKeys = pageSize }).S3Objects)
        {
            keys.Add(item.Key);
            item.Size.Should().Be(new FileInfo(FileOf(item.Key)).Length);
        }

        var files = mirror.Stamp.Files.Keys.Where(f => f.StartsWith($"s3/{Bucket}/{Group}", StringComparison.Ordinal)).Select(f => f[$"s3/{Bucket}/".Length..]);
        keys.Should().Equal(files.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task A_delimiter_rolls_keys_up(int pageSize)
    {
        var request = new ListObjectsV2Request { BucketName = Bucket, Prefix = Group, Delimiter = "/", MaxKeys = pageSize };
        var (keys, prefixes) = (new List<string>(), new List<string>());
        ListObjectsV2Response page;
        do
        {
            page = await _client.ListObjectsV2Async(request);
            page.KeyCount.Should().BeLessThanOrEqualTo(pageSize);
            keys.AddRange((page.S3Objects ?? []).Select(o => o.Key));
            prefixes.AddRange(page.CommonPrefixes ?? []);
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);

        keys.Should().Equal(Group + ".zattrs", Group + ".zgroup");
        prefixes.Should().Equal(Group + "s0/", Group + "s1/", Group + "s2/", Group + "s3/");
    }

    [Fact]
    public async Task A_made_up_continuation_token_is_refused()
    {
        var list = async () => await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, ContinuationToken = "no token" });
        (await list.Should().ThrowAsync<AmazonS3Exception>()).Which.ErrorCode.Should().Be("InvalidArgument");
    }

    private string FileOf(string key) => Path.Combine(mirror.Folder, "s3", Bucket, key);
}
