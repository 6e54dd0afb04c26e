//! What can be wrong with a store that speaks S3, with what stands before it, and with a folder.

use crate::checks::fault::faults;

faults! {
    /// Quay is told to speak HTTP without TLS.
    TLS_EXPECTED: Error,
    "What listens at {host} port {port} speaks TLS, and Quay is to talk to it without.",
    fix "Turn Use HTTPS on, or begin the address with https.";

    /// A web server, perhaps, and no store.
    NO_OBJECT_STORE: Error,
    "What answers at {host} port {port} is no store that speaks S3.",
    fix "Correct host name and port. A store answers with XML to: curl {origin}";

    /// `InvalidAccessKeyId`.
    WRONG_ACCESS_KEY: Error,
    "{host} does not know the access key.",
    fix "Enter the access key as the store shows it. At Ceph: radosgw-admin user info --uid=USER";

    /// `SignatureDoesNotMatch`.
    WRONG_SECRET_KEY: Error,
    "The secret key does not belong to the access key.",
    fix "Enter the secret key of this access key. At Ceph: radosgw-admin user info --uid=USER. Where both are right, a proxy before the store changes the header Host or the path.";

    /// `AccessDenied` from a gateway of Ceph that also takes temporary keys: it says no more.
    KEYS_REFUSED: Error,
    "{host} refuses the keys, and does not say which of the two is wrong.",
    fix "Enter access key and secret key anew. At Ceph: radosgw-admin user info --uid=USER";

    /// No signature can be made with them.
    KEYS_UNUSABLE: Error,
    "No request can be signed with these keys: {reason}.",
    fix "Enter the keys anew, without line breaks.";

    /// `ExpiredToken`, `InvalidToken`.
    TOKEN_REFUSED: Error,
    "{host} refuses the session token: its time is over, or it belongs to other keys.",
    fix "Such tokens last for hours only. Enter keys that last and no token, or use an engine with a role.";

    /// `RequestTimeTooSkewed`.
    CLOCK_SKEW: Error,
    "{host} refuses requests, because its clock is {difference} {direction} this machine's.",
    fix "Let both machines take their time from a time server. On each of them: chronyc tracking";

    /// Not yet so much that something is refused.
    CLOCK_DIFFERS: Warning,
    "The clock of {host} is {difference} {direction} this machine's.",
    why "Quay signs addresses for downloads for one minute, by the clock of its node. If the nodes take their time from the same source as this machine, downloads fail once they are a minute behind the store, and everything fails a quarter of an hour to either side.",
    fix "Let the store, this machine and the Quay nodes take their time from a time server. On each of them: chronyc tracking";

    /// `Request has expired` for everything that is handed out, while requests are taken.
    CLOCK_BEHIND: Error,
    "This machine's clock is {difference} behind that of {host}. If the Quay nodes take their time from the same source, each address that they sign for a download is over before it is used.",
    why "Quay signs such an address for a minute, and sends clients there for every layer, so nothing can be pulled.",
    fix "See which clock is wrong. On each Quay node: date -u; curl -sI {origin} | grep -i ^date. Then let all of them, the store and this machine take their time from a time server: chronyc tracking";

    /// The store says where the bucket is, and Quay's library follows.
    REGION_CORRECTED: Warning,
    "The bucket {bucket} is in the region {region}, and requests are signed for {configured}.",
    why "Quay's library is refused first and asks again with the right region, each time it starts.",
    fix "Enter {region} as the region.";

    /// `PermanentRedirect`, `AuthorizationHeaderMalformed`.
    WRONG_REGION: Error,
    "{host} does not serve the bucket {bucket}, which is in the region {region}.",
    fix "Enter {region} as the region, and no other address of the store.";

    /// The same where the store does not say which region is right.
    WRONG_ADDRESS: Error,
    "{host} sends requests for the bucket {bucket} elsewhere.",
    fix "Enter the region of the bucket, or the address of the store that has it.";

    /// `InvalidRequest` for signatures of the second version.
    SIGNATURE_REFUSED: Error,
    "{host} does not take requests that are signed in the old way.",
    fix "Enter s3v4 as the signature version.";

    /// Something that Quay's library has no name for, or that no store takes.
    SIGNATURE_UNKNOWN: Error,
    "Quay's library does not sign requests to a store as {version}.",
    fix "Enter s3v4 as the signature version, or s3 for stores that take the old one only.";

    /// `AccessDenied` for the bucket itself.
    NO_ACCESS: Error,
    "The keys may not use the bucket {bucket}.",
    fix "Let them list the bucket and read, write and delete what is in it. At Ceph, give it to the user: radosgw-admin bucket link --bucket={bucket} --uid=USER";

    /// `UserSuspended`, `AccountProblem`.
    USER_SUSPENDED: Error,
    "{host} knows the keys, and has suspended their user.",
    fix "Let whoever runs the store enable the user. At Ceph: radosgw-admin user enable --uid=USER";

    /// Any other code with which a store refuses.
    REQUEST_REFUSED: Error,
    "{host} speaks S3, and refuses to be asked for the bucket {bucket} with these keys: {code}.",
    fix "Look at its answer, and into the log of the store.";

    /// `NoSuchBucket`.
    NO_SUCH_BUCKET: Error,
    "There is no bucket {bucket} at {host}.",
    fix "Correct its name, or make it with the same keys: aws {way} s3 mb s3://{bucket}";

    /// `s3:ListBucket` is missing.
    MAY_NOT_LIST: Warning,
    "The keys may not list what is in the bucket {bucket}.",
    why "Quay cannot remove what aborted uploads have left there.",
    fix "Allow s3:ListBucket on the bucket.";

    /// `s3:PutObject` is missing.
    MAY_NOT_WRITE: Error,
    "The keys may read the bucket {bucket}, and may not write to it.",
    fix "Allow s3:PutObject and s3:DeleteObject on what is in the bucket, or enter keys that may.";

    /// `s3:GetObject` is missing.
    MAY_NOT_READ: Error,
    "The keys may write to the bucket {bucket}, and may not read what they wrote.",
    fix "Allow s3:GetObject on what is in the bucket.";

    /// `s3:DeleteObject` is missing.
    MAY_NOT_DELETE: Error,
    "The keys may not delete what they have written to the bucket {bucket}.",
    why "Every upload leaves its parts behind, and deleted images keep their room for ever.",
    fix "Allow s3:DeleteObject on what is in the bucket. What this check has left there begins with quay-console-check: delete it.";

    /// `QuotaExceeded`, or the disks are.
    STORE_FULL: Error,
    "{host} takes nothing more: a quota or its disks are used up.",
    fix "Raise the quota, or give the store more room. At Ceph: radosgw-admin user info --uid=USER shows the quota, ceph df the room.";

    /// So a gateway of Ceph does whose cluster has no room: it waits until there is some.
    WRITES_HANG: Error,
    "Reading at {host} works, and a write to the bucket {bucket} gets no answer within {seconds} seconds.",
    why "So nothing can be pushed, and each push waits until it is given up.",
    fix "A Ceph cluster that is full behaves like this: ceph health detail and ceph df show it. Add disks, or delete what is not needed. A new gateway may take that long once, when it makes its pools: run the check again. What was held back may still be written later: delete what begins with {prefix}.";

    /// Each request is answered, and all of them take too long.
    TOO_SLOW: Error,
    "It answers, but too slowly: after {seconds} seconds, the check had come to its request number {count} and was given up.",
    fix "See what keeps the store or the network to it busy. At Ceph, ceph health detail names slow requests. The check now deletes what it has written; if something stays, its name has quay-console-check in it.";

    /// The keys may not, or the store does not answer.
    LEFT_BEHIND: Warning,
    "Not all that this check has written to {place} could be deleted again.",
    why "It is of no use to anybody, and takes room.",
    fix "Delete it with keys that may, with old versions and unfinished uploads of these names. What is there: {command}";

    /// `503`, `InternalError`.
    STORE_TROUBLE: Error,
    "{host} answers that it cannot serve at the moment.",
    fix "Look into its log, and whether its cluster is well. At Ceph: ceph -s";

    /// This driver asks for encryption with each upload, and the store has none.
    ENCRYPTION_REFUSED: Error,
    "{host} does not encrypt what it stores, and this kind of engine asks for it with every upload.",
    fix "Use RadosGWStorage for this store, which does not ask for it, or set encryption with keys of the store's own (SSE-S3) up there.";

    /// Anything else that keeps an object from being stored.
    WRITE_REFUSED: Error,
    "{host} refuses to store an object in the bucket {bucket}.",
    fix "Look at its answer, and into its log at this time.";

    /// Anything else that keeps it from being read.
    READ_REFUSED: Error,
    "{host} does not give back what was just stored in the bucket {bucket}.",
    fix "Look at its answer. If the name leads to several machines, see that they share one store.";

    /// It came back, and is not the same.
    CONTENT_DIFFERS: Error,
    "What was stored in the bucket {bucket} comes back changed.",
    fix "See what stands between: a proxy that changes bodies, or a name that leads to several stores.";

    /// Each blob is uploaded in parts.
    MULTIPART_REFUSED: Error,
    "{host} does not take uploads in parts: {action} fails.",
    why "Quay uploads every layer in parts; small files only go in one piece.",
    fix "Let the keys write in parts (s3:PutObject, s3:AbortMultipartUpload), or use a store that can.";

    /// `UploadPartCopy`.
    ASSEMBLY_REFUSED: Error,
    "{host} cannot put the parts of an upload together by itself: {action} fails.",
    why "So each push ends with an error after everything was uploaded.",
    fix "Turn Assemble uploads at the gateway off, which RadosGWStorage and RHOCSStorage have, or let the keys copy objects.";

    /// `CopyObject`.
    COPY_REFUSED: Error,
    "{host} does not copy objects.",
    why "Quay copies each finished upload to its place, so that each push ends with an error.",
    fix "Let the keys read and write in the whole folder {folder}, or use a store that can copy.";

    /// `s3:ListBucketMultipartUploads` is missing, or the store has no such list.
    UPLOADS_NOT_LISTED: Warning,
    "The unfinished uploads in the bucket {bucket} cannot be listed.",
    why "Quay cannot end them, and their parts keep their room.",
    fix "Allow s3:ListBucketMultipartUploads and s3:AbortMultipartUpload, or turn Clean up unfinished multipart uploads off and let a rule of the bucket do it.";

    /// Versions are on.
    OLD_VERSIONS_STAY: Warning,
    "The bucket {bucket} keeps old versions of what is deleted.",
    why "What Quay's garbage collection deletes keeps its room.",
    fix "Let a lifecycle rule of the bucket expire versions that are not current, or suspend versioning.";

    /// Each pull begins with such an address.
    DOWNLOAD_REFUSED: Error,
    "{host} refuses an address that was signed for a download.",
    why "Quay sends clients to such addresses for every layer, so nothing can be pulled.",
    fix "Look at its answer. A proxy before the store must leave the header Host, the path and the query as they are.";

    /// Only addresses with the new signature are taken.
    OLD_DOWNLOADS_REFUSED: Error,
    "{host} refuses download addresses that are signed in the old way, as Quay does where no version is set.",
    why "Quay sends clients to such addresses for every layer, so nothing can be pulled.",
    fix "Enter s3v4 as the signature version.";

    /// For builds only.
    CORS_MISSING: Warning,
    "The bucket {bucket} does not let pages of {pages} use it ({method}).",
    why "In the browser, files for builds cannot be uploaded and logs of builds not be shown.",
    fix "aws {way} s3api put-bucket-cors --bucket {bucket} --cors-configuration '{\"CORSRules\":[{\"AllowedOrigins\":[\"{pages}\"],\"AllowedMethods\":[\"GET\",\"PUT\"],\"AllowedHeaders\":[\"*\"]}]}'";

    /// `AccessDenied` from STS.
    ROLE_REFUSED: Error,
    "The user of these keys may not take on the role {role}.",
    fix "Allow the user sts:AssumeRole for it, and name the user in the role's trust policy.";

    /// `NoSuchEntity`.
    ROLE_MISSING: Error,
    "There is no role {role}.",
    fix "Correct the role, or create it.";

    /// `ValidationError`.
    ROLE_MALFORMED: Error,
    "{role} is no name of a role.",
    fix "Enter the whole ARN, as in arn:aws:iam::123456789012:role/quay.";

    /// Anything else.
    ROLE_TROUBLE: Error,
    "{host} gives no keys for the role {role}.",
    fix "Look at its answer.";

    /// `InvalidKey`.
    CDN_KEY_UNKNOWN: Error,
    "{cdn} at {host} does not know the key {key}.",
    fix "Enter the id of a public key that is in a key group of this distribution.";

    /// `403` and the like.
    CDN_REFUSES: Error,
    "{cdn} at {host} refuses an address that was signed for a download.",
    why "Quay sends clients there for every layer, so nothing can be pulled.",
    fix "See that the uploaded key is the one {cdn} knows, that its clock is right, and that {cdn} may read the bucket {bucket}.";

    /// Quay leaves the folder out.
    CDN_FOLDER: Error,
    "The distribution {host} serves the whole bucket, and Quay asks it for what is inside of {folder}.",
    why "Quay leaves the folder out of the addresses it hands out, so nothing can be pulled.",
    fix "Set /{folder} as the origin path of the distribution.";

    /// Another bucket, or a page of somebody else's.
    CDN_SENDS_OTHER: Error,
    "{cdn} at {host} does not deliver what is in the bucket {bucket}.",
    fix "Set the bucket {bucket} as its origin, or correct the domain.";

    /// Signatures are not asked for.
    CDN_OPEN: Warning,
    "{cdn} at {host} delivers to everybody, without a signature.",
    why "Whoever knows the address of a layer can fetch it, also from private repositories.",
    fix "Let the distribution ask for signatures: restrict viewer access to the key group of this key.";

    /// The library that signs for Akamai breaks off.
    CDN_KEY_NOT_HEX: Error,
    "The signing key for {cdn} is no hexadecimal number.",
    why "Quay fails with an error whenever a layer is asked for.",
    fix "Enter the key as Akamai shows it: digits and the letters a to f, an even number of them.";

    /// Below the folder in which Quay is started.
    LOCAL_NOT_ABSOLUTE: Error,
    "The folder {folder} does not begin with a slash, so it lies inside of Quay's container.",
    why "All images are lost when the container is replaced.",
    fix "Enter a folder on a mounted volume, as in /datastorage/registry.";

    /// Places of the image itself.
    LOCAL_NOT_KEPT: Error,
    "The folder {folder} is part of Quay's container and goes with it.",
    why "All images are lost when the container is replaced.",
    fix "Enter a folder on a mounted volume, as in /datastorage/registry.";
}
