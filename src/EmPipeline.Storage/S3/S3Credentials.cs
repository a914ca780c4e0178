using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace EmPipeline.Storage;

/// <summary>Credentials as every tool of AWS finds them; nothing else is asked.</summary>
internal static class S3Credentials
{
    /// <param name="place">What they are for, for messages.</param>
    public static AWSCredentials Find(string place)
    {
        try
        {
            return DefaultAWSCredentialsIdentityResolver.GetCredentials(null);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException)
        {
            throw new StorageException(
                place, "got no credentials, expected some to sign with. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE to a profile of ~/.aws.", e);
        }
    }
}
